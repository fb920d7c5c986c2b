use std::collections::HashMap;

use serde::Deserialize;
use souk_domain::order::CarrierId;
use souk_wiring::{ConfigError, Environment, FromEnvironment};

/// What each carrier signs with: `{"swift-parcel": ["its secret", "and its former one"]}`.
#[derive(Default, Deserialize)]
#[serde(transparent)]
pub struct Secrets(HashMap<CarrierId, Vec<String>>);

const VARIABLE: &str = "CARRIER_SECRET_ID";

impl FromEnvironment for Secrets {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        match environment.optional(VARIABLE) {
            Some(_) => environment.secret(VARIABLE).await,
            None => Ok(Self::default()),
        }
    }
}

impl Secrets {
    /// A carrier's; none of one that is not heard.
    pub fn of(&self, carrier: &CarrierId) -> &[String] {
        self.0.get(carrier).map(Vec::as_slice).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_carriers_secrets_are_its_own() {
        let secrets: Secrets = serde_json::from_str(r#"{"Swift Parcel": ["new", "former"]}"#).unwrap();
        assert_eq!(secrets.of(&"swift-parcel".parse().unwrap()), ["new", "former"]);
        assert_eq!(secrets.of(&"swift".parse().unwrap()), [""; 0]);
    }
}
