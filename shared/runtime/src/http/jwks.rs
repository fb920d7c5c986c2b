//! The user pool's public keys, fetched when they are first needed and again when a token names one
//! that is not among them: pools rotate their keys.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use jsonwebtoken::{DecodingKey, jwk::JwkSet};

use crate::{ConfigError, Environment, fetch::Fetcher};

/// A key server that takes longer is down.
const WITHIN: Duration = Duration::from_secs(3);
/// Between two fetches: tokens with invented key ids must not turn into a flood of requests.
const MIN_INTERVAL: Duration = Duration::from_secs(30);

type Keys = Arc<HashMap<String, DecodingKey>>;

/// Public keys by their ids.
pub(super) struct Jwks {
    url: String,
    fetcher: Fetcher,
    cached: Mutex<Option<(Instant, Keys)>>,
}

impl std::fmt::Debug for Jwks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Jwks").field("url", &self.url).finish_non_exhaustive()
    }
}

impl Jwks {
    /// The key set at `JWKS_URL`.
    pub(super) fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self {
            url: environment.required("JWKS_URL")?,
            fetcher: Fetcher::new(environment, WITHIN),
            cached: Mutex::new(None),
        })
    }

    /// The key of this id; `None` where the pool has no such key.
    ///
    /// # Errors
    /// Why the keys could not be had.
    pub(super) async fn key(&self, id: &str) -> Result<Option<DecodingKey>, String> {
        let cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((fetched, keys)) = cached
            && (keys.contains_key(id) || fetched.elapsed() < MIN_INTERVAL)
        {
            return Ok(keys.get(id).cloned());
        }
        let keys = Arc::new(self.fetch().await?);
        let found = keys.get(id).cloned();
        *self.cached.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), keys));
        Ok(found)
    }

    async fn fetch(&self) -> Result<HashMap<String, DecodingKey>, String> {
        let body = self.fetcher.get(&self.url).await?;
        let set: JwkSet = serde_json::from_slice(&body).map_err(|error| format!("no key set: {error}"))?;
        // Keys of other kinds are for other purposes than ours.
        let usable =
            set.keys.iter().filter_map(|key| Some((key.common.key_id.clone()?, DecodingKey::from_jwk(key).ok()?)));
        Ok(usable.collect())
    }
}
