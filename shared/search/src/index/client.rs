use std::{sync::Arc, time::Duration};

use aws_config::SdkConfig;
use opensearch::{
    OpenSearch,
    auth::Credentials,
    http::{
        Method, Url,
        headers::HeaderMap,
        transport::{BuildError, SingleNodeConnectionPool, TransportBuilder},
    },
};
use serde_json::{Value, json};
use souk_wiring::{ConfigError, Environment, FromEnvironment};

use super::{READ_ALIAS, domain};
use crate::query::Synonyms;

/// A call that takes longer is given up.
pub const WITHIN: Duration = Duration::from_secs(8);
/// A query that takes longer is given up by OpenSearch itself, so that what nobody waits for is not gone on with.
pub const QUERY_WITHIN: Duration = Duration::from_secs(6);

/// The search service.
#[derive(Debug, Clone)]
pub struct SearchIndex {
    client: OpenSearch,
    searched: String,
    synonyms: Arc<Synonyms>,
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
    #[error("the search service refused ({status} {kind})")]
    Refused {
        /// HTTP status.
        status: u16,
        /// OpenSearch's name of the error. Its reason is not kept: it quotes queries and documents.
        kind: String,
    },
}

impl IndexError {
    /// True where the thing asked for is not there.
    pub(crate) fn is_absent(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. })
    }
}

/// The variable that holds the address.
const ENDPOINT: &str = "OPENSEARCH_ENDPOINT";

/// The service at the address that is configured, or else at the one that the domain says it has.
impl FromEnvironment for SearchIndex {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        let endpoint = match environment.optional(ENDPOINT) {
            Some(endpoint) => endpoint,
            None => domain::endpoint(environment).await?,
        };
        Self::connect(&endpoint, &environment.aws)
            .map_err(|error| ConfigError::Invalid { name: ENDPOINT, reason: error.to_string() })
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
        let credentials = is_signed.then(|| Credentials::try_from(aws)).transpose();
        Self::at(url, credentials.map_err(|e| unusable(e.to_string()))?).map_err(|e| unusable(e.to_string()))
    }

    /// The service at this address, asked without a signature: one on one's own machine.
    ///
    /// # Errors
    /// [`IndexError::Unavailable`] where the address cannot be used.
    pub fn unsigned(endpoint: &str) -> Result<Self, IndexError> {
        let unusable = |error: String| IndexError::Unavailable(format!("{endpoint}: {error}"));
        let url = Url::parse(endpoint).map_err(|e| unusable(e.to_string()))?;
        Self::at(url, None).map_err(|e| unusable(e.to_string()))
    }

    fn at(url: Url, signing: Option<Credentials>) -> Result<Self, BuildError> {
        let mut builder = TransportBuilder::new(SingleNodeConnectionPool::new(url)).disable_proxy().timeout(WITHIN);
        if let Some(credentials) = signing {
            builder = builder.auth(credentials).service_name("es");
        }
        Ok(Self {
            client: OpenSearch::new(builder.build()?),
            searched: READ_ALIAS.to_owned(),
            synonyms: Arc::new(Synonyms::standard()),
        })
    }

    /// The same service, searching another index: one that is being measured.
    #[must_use]
    pub fn searching(self, index: &str) -> Self {
        Self { searched: index.to_owned(), ..self }
    }

    /// What queries go to: the alias or index.
    pub(crate) fn searched(&self) -> &str {
        &self.searched
    }

    /// Words that shoppers use for each other.
    pub(crate) fn synonyms(&self) -> Arc<Synonyms> {
        Arc::clone(&self.synonyms)
    }

    /// A search, which OpenSearch gives up in good time: then `timed_out` says that it is a part of an answer.
    pub(crate) async fn post_search(&self, path: &str, mut query: Value) -> Result<Value, IndexError> {
        query["timeout"] = json!(format!("{}ms", QUERY_WITHIN.as_millis()));
        self.call(Method::Post, path, Some(query.to_string())).await
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
            429 | 502 | 503 | 504 => Err(IndexError::Unavailable(format!("{status} {}", kind(&value)))),
            _ => Err(IndexError::Refused { status, kind: kind(&value) }),
        }
    }
}

/// The innermost name of an error: the outer one only says that shards failed.
fn kind(answer: &Value) -> String {
    let root = &answer["error"]["root_cause"][0]["type"];
    root.as_str().or_else(|| answer["error"]["type"].as_str()).unwrap_or("unknown").to_owned()
}

#[cfg(test)]
mod tests;
