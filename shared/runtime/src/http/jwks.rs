//! The user pool's public keys, fetched when they are first needed and again when a token names one
//! that is not among them: pools rotate their keys.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::{
    Connector,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{
    http::{HttpConnector as _, HttpConnectorSettings, SharedHttpConnector},
    orchestrator::HttpRequest,
};
use aws_smithy_types::{body::SdkBody, byte_stream::ByteStream};
use jsonwebtoken::{DecodingKey, jwk::JwkSet};

use crate::{ConfigError, Environment};

/// A key server that takes longer is down.
const WITHIN: Duration = Duration::from_secs(3);
/// Between two fetches: tokens with invented key ids must not turn into a flood of requests.
const MIN_INTERVAL: Duration = Duration::from_secs(30);

type Keys = Arc<HashMap<String, DecodingKey>>;

/// Public keys by their ids.
pub(super) struct Jwks {
    url: String,
    connector: SharedHttpConnector,
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
        let connector = environment.connector().cloned().unwrap_or_else(network);
        Ok(Self { url: environment.required("JWKS_URL")?, connector, cached: Mutex::new(None) })
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
        let body = tokio::time::timeout(WITHIN, self.get()).await.map_err(|_| "no keys in time")??;
        let set: JwkSet = serde_json::from_slice(&body).map_err(|error| format!("no key set: {error}"))?;
        // Keys of other kinds are for other purposes than ours.
        let usable =
            set.keys.iter().filter_map(|key| Some((key.common.key_id.clone()?, DecodingKey::from_jwk(key).ok()?)));
        Ok(usable.collect())
    }

    async fn get(&self) -> Result<Vec<u8>, String> {
        let request = http::Request::get(&self.url).body(SdkBody::empty()).map_err(|error| error.to_string())?;
        let request = HttpRequest::try_from(request).map_err(|error| error.to_string())?;
        let response = self.connector.call(request).await.map_err(|error| format!("no answer: {error}"))?;
        if !response.status().is_success() {
            return Err(format!("the key server answered {}", response.status().as_u16()));
        }
        let body = ByteStream::new(response.into_body()).collect().await.map_err(|error| error.to_string())?;
        Ok(body.to_vec())
    }
}

fn network() -> SharedHttpConnector {
    SharedHttpConnector::new(
        Connector::builder()
            .connector_settings(HttpConnectorSettings::builder().connect_timeout(WITHIN).build())
            .sleep_impl(TokioSleep::new())
            .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
            .build(),
    )
}
