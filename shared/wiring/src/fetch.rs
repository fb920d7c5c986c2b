//! Public documents from outside of AWS.

use std::time::Duration;

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

use crate::Environment;

/// Reads documents by their URLs, each within a time.
#[derive(Debug, Clone)]
pub struct Fetcher {
    connector: SharedHttpConnector,
    within: Duration,
}

impl Fetcher {
    /// One that gives up after this time.
    pub fn new(environment: &Environment, within: Duration) -> Self {
        Self { connector: environment.connector().cloned().unwrap_or_else(|| network(within)), within }
    }

    /// The document at this URL.
    ///
    /// # Errors
    /// Why it cannot be had, in words for a log.
    pub async fn get(&self, url: &str) -> Result<Vec<u8>, String> {
        tokio::time::timeout(self.within, self.ask(url)).await.map_err(|_| "no answer in time")?
    }

    async fn ask(&self, url: &str) -> Result<Vec<u8>, String> {
        let request = http::Request::get(url).body(SdkBody::empty()).map_err(|error| error.to_string())?;
        let request = HttpRequest::try_from(request).map_err(|error| error.to_string())?;
        let response = self.connector.call(request).await.map_err(|error| format!("no answer: {error}"))?;
        if !response.status().is_success() {
            return Err(format!("the server answered {}", response.status().as_u16()));
        }
        let body = ByteStream::new(response.into_body()).collect().await.map_err(|error| error.to_string())?;
        Ok(body.to_vec())
    }
}

/// The network itself, for a connection that is made within this time.
pub fn network(connect_within: Duration) -> SharedHttpConnector {
    SharedHttpConnector::new(
        Connector::builder()
            .connector_settings(HttpConnectorSettings::builder().connect_timeout(connect_within).build())
            .sleep_impl(TokioSleep::new())
            .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
            .build(),
    )
}
