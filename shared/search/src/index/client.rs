use std::time::Duration;

use aws_config::SdkConfig;
use opensearch::{
    OpenSearch,
    auth::Credentials,
    http::{
        Method, Url,
        headers::HeaderMap,
        transport::{SingleNodeConnectionPool, TransportBuilder},
    },
};
use serde_json::Value;

const TIMEOUT: Duration = Duration::from_secs(8);

/// The search service.
#[derive(Debug, Clone)]
pub struct SearchIndex {
    client: OpenSearch,
}

/// Why the search service did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// It could not be reached or is too busy: try again.
    #[error("the search service does not answer: {0}")]
    Unavailable(String),
    /// The index is no longer there: it was removed, or another one took its place.
    #[error("the index {0} is no longer there")]
    Gone(String),
    /// It refused the request.
    #[error("the search service refused ({status} {kind}): {reason}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// OpenSearch's name of the error.
        kind: String,
        /// What it says about it.
        reason: String,
    },
}

impl IndexError {
    /// True where the thing asked for is not there.
    pub(crate) fn is_absent(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. })
    }
}

impl SearchIndex {
    /// The service at this address. Over https, requests are signed for AWS; plain http is for a service
    /// on one's own machine.
    ///
    /// # Errors
    /// [`IndexError::Unavailable`] where the address or the credentials cannot be used.
    pub fn connect(endpoint: &str, aws: &SdkConfig) -> Result<Self, IndexError> {
        let unusable = |error: String| IndexError::Unavailable(format!("{endpoint}: {error}"));
        let url = Url::parse(endpoint).map_err(|e| unusable(e.to_string()))?;
        let is_signed = url.scheme() == "https";
        let mut builder = TransportBuilder::new(SingleNodeConnectionPool::new(url)).disable_proxy().timeout(TIMEOUT);
        if is_signed {
            let credentials = Credentials::try_from(aws).map_err(|e| unusable(e.to_string()))?;
            builder = builder.auth(credentials).service_name("es");
        }
        let transport = builder.build().map_err(|e| unusable(e.to_string()))?;
        Ok(Self { client: OpenSearch::new(transport) })
    }

    /// One call; `body` is JSON, or newline-delimited JSON for `_bulk`.
    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<String>) -> Result<Value, IndexError> {
        let unavailable = |e: opensearch::Error| IndexError::Unavailable(e.to_string());
        let answer =
            self.client.send(method, path, HeaderMap::new(), None::<&()>, body, None).await.map_err(unavailable)?;
        let status = answer.status_code().as_u16();
        let text = answer.text().await.map_err(unavailable)?;
        let value: Value = serde_json::from_str(&text).unwrap_or_default();
        match status {
            200..=299 => Ok(value),
            429 | 502 | 503 | 504 => Err(IndexError::Unavailable(format!("{status}: {}", reason(&value)))),
            _ => Err(IndexError::Refused { status, kind: kind(&value), reason: reason(&value) }),
        }
    }
}

/// The innermost name of an error: the outer one only says that shards failed.
fn kind(answer: &Value) -> String {
    let root = &answer["error"]["root_cause"][0]["type"];
    root.as_str().or_else(|| answer["error"]["type"].as_str()).unwrap_or("unknown").to_owned()
}

fn reason(answer: &Value) -> String {
    let root = &answer["error"]["root_cause"][0]["reason"];
    let text = root.as_str().or_else(|| answer["error"]["reason"].as_str()).or_else(|| answer["error"].as_str());
    text.unwrap_or("no reason given").chars().take(500).collect()
}
