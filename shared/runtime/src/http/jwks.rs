//! The user pool's public keys, kept for a while and fetched again: pools rotate their keys, and a key
//! that was withdrawn must not open anything for as long as a function happens to stay warm.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use jsonwebtoken::{DecodingKey, jwk::JwkSet};
use souk_wiring::{ConfigError, Environment, FromEnvironment, fetch::Fetcher};
use tokio::sync::Mutex;

/// A key server that takes longer is down.
pub const WITHIN: Duration = Duration::from_secs(3);
/// Keys that are older are fetched again before they are used.
pub(super) const FRESH: Duration = Duration::from_secs(15 * 60);
/// Keys that are older are not used at all, whatever the key server does.
pub(super) const LIFETIME: Duration = Duration::from_secs(60 * 60);
/// Between two fetches, failed ones included: neither tokens with invented key ids nor an outage may
/// turn into a flood of requests.
pub(super) const MIN_INTERVAL: Duration = Duration::from_secs(10);

/// Public keys by their ids.
pub(super) struct Jwks {
    url: String,
    fetcher: Fetcher,
    // Held across a fetch, so that there is one at a time and those who wait find its keys.
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    keys: Option<Keys>,
    last: Option<Attempt>,
}

struct Keys {
    fetched: Instant,
    by_id: HashMap<String, DecodingKey>,
}

struct Attempt {
    at: Instant,
    failure: Option<String>,
}

impl std::fmt::Debug for Jwks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Jwks").field("url", &self.url).finish_non_exhaustive()
    }
}

/// The key set at `JWKS_URL`.
impl FromEnvironment for Jwks {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self {
            url: environment.required("JWKS_URL")?,
            fetcher: Fetcher::new(environment, WITHIN),
            state: Mutex::default(),
        })
    }
}

impl Jwks {
    /// The key of this id; `None` where the pool has no such key.
    ///
    /// # Errors
    /// Why that cannot be said now.
    pub(super) async fn key(&self, id: &str, now: Instant) -> Result<Option<DecodingKey>, String> {
        let mut state = self.state.lock().await;
        if let Some(key) = state.known(id, now, FRESH) {
            return Ok(Some(key));
        }
        if state.may_fetch(now) {
            let outcome = self.fetch().await;
            state.took_place(now, outcome);
        }
        state.answer(id, now)
    }

    async fn fetch(&self) -> Result<HashMap<String, DecodingKey>, String> {
        let body = self.fetcher.get(&self.url).await?;
        let set: JwkSet = serde_json::from_slice(&body).map_err(|_| "the answer is no key set")?;
        // Keys of other kinds are for other purposes than ours.
        let usable =
            set.keys.iter().filter_map(|key| Some((key.common.key_id.clone()?, DecodingKey::from_jwk(key).ok()?)));
        Ok(usable.collect())
    }
}

impl State {
    fn known(&self, id: &str, now: Instant, age: Duration) -> Option<DecodingKey> {
        let keys = self.keys.as_ref().filter(|keys| now.saturating_duration_since(keys.fetched) < age)?;
        keys.by_id.get(id).cloned()
    }

    fn may_fetch(&self, now: Instant) -> bool {
        self.last.as_ref().is_none_or(|last| now.saturating_duration_since(last.at) >= MIN_INTERVAL)
    }

    fn took_place(&mut self, at: Instant, outcome: Result<HashMap<String, DecodingKey>, String>) {
        let failure = match outcome {
            Ok(by_id) => {
                self.keys = Some(Keys { fetched: at, by_id });
                None
            }
            Err(failure) => Some(failure),
        };
        self.last = Some(Attempt { at, failure });
    }

    /// What can be said without another fetch. After a failed one, a key that is not known may exist.
    fn answer(&self, id: &str, now: Instant) -> Result<Option<DecodingKey>, String> {
        if let Some(key) = self.known(id, now, LIFETIME) {
            return Ok(Some(key));
        }
        match self.last.as_ref().and_then(|last| last.failure.as_ref()) {
            Some(failure) => Err(format!("the user pool's keys: {failure}")),
            None => Ok(None),
        }
    }
}
