use std::time::Duration;

use serde::Deserialize;
use souk_domain::flash_sale::Beacon;
use souk_wiring::{ConfigError, Environment, FromEnvironment, fetch::Fetcher};

/// A beacon that takes longer is asked again a moment later.
pub const WITHIN: Duration = Duration::from_secs(2);

/// Public randomness that nobody can know before its time: drand's HTTP API, `<url>/<round>`.
#[derive(Debug)]
pub(crate) struct BeaconSource {
    fetcher: Fetcher,
    url: Option<String>,
}

#[derive(Deserialize)]
struct Round {
    round: u64,
    randomness: String,
}

/// The beacon at `BEACON_URL`; where that is empty, sales are drawn by their keys alone.
impl FromEnvironment for BeaconSource {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self { fetcher: Fetcher::new(environment, WITHIN), url: environment.optional("BEACON_URL") })
    }
}

impl BeaconSource {
    /// The beacon of a round. It is not there before its time.
    pub(crate) async fn round(&self, round: u64) -> Result<Option<Beacon>, String> {
        let Some(url) = &self.url else { return Ok(None) };
        let body = self.fetcher.get(&format!("{url}/{round}")).await?;
        let answer: Round = serde_json::from_slice(&body).map_err(|_| "no round")?;
        if answer.round != round {
            return Err(format!("round {} was answered for round {round}", answer.round));
        }
        Beacon::new(round, &answer.randomness).map(Some).map_err(|error| error.to_string())
    }
}
