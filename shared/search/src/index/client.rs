use std::time::Duration;

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

/// A call that takes longer is given up.
pub const WITHIN: Duration = Duration::from_secs(8);
/// A query that takes longer is given up by OpenSearch itself, so that what nobody waits for is not gone on with.
pub const QUERY_WITHIN: Duration = Duration::from_secs(6);

/// The search service.
#[derive(Debug, Clone)]
pub struct SearchIndex {
    client: OpenSearch,
    searched: String,
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
        Ok(Self { client: OpenSearch::new(builder.build()?), searched: READ_ALIAS.to_owned() })
    }

    /// The same service with other indices than the shop's: the alias or index that is searched, and whatever begins
    /// with its name.
    #[must_use]
    pub fn searching(self, index: &str) -> Self {
        Self { searched: index.to_owned(), ..self }
    }

    /// What queries go to.
    pub(super) fn read_alias(&self) -> &str {
        &self.searched
    }

    /// What documents go to: the index that is searched, and while a new one is being filled, the new one too.
    pub(super) fn write_alias(&self) -> String {
        format!("{}-writers", self.searched)
    }

    /// The name of a new index. The time puts names in the order in which they were given, the rest makes
    /// them different.
    pub(crate) fn new_name(&self, millis: i64, unique: &str) -> String {
        format!("{}{millis}-{unique}", self.prefix())
    }

    /// The beginning of every index's name.
    pub(super) fn prefix(&self) -> String {
        format!("{}-", self.searched)
    }

    /// One search.
    pub(crate) async fn ask(&self, query: Value) -> Result<Value, IndexError> {
        self.call(Method::Post, &format!("/{}/_search", self.searched), Some(in_time(query).to_string())).await
    }

    /// Two searches in one request, at the same time.
    pub(crate) async fn ask_both(&self, queries: [Value; 2]) -> Result<[Value; 2], IndexError> {
        let answers = self.ask_all(queries.into()).await?;
        <[Value; 2]>::try_from(answers).map_err(|_| IndexError::Unavailable("an answer is missing".to_owned()))
    }

    /// Searches in one request, at the same time; their answers in the same order.
    pub(crate) async fn ask_all(&self, queries: Vec<Value>) -> Result<Vec<Value>, IndexError> {
        let lines: String = queries.into_iter().map(|query| format!("{{}}\n{}\n", in_time(query))).collect();
        let mut answer = self.call(Method::Post, &format!("/{}/_msearch", self.searched), Some(lines)).await?;
        let answers = answer["responses"].as_array_mut().map(std::mem::take).unwrap_or_default();
        let judge = |answer: Value| {
            let status = answer["status"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or(502);
            judged(status, answer)
        };
        answers.into_iter().map(judge).collect()
    }

    /// One call; `body` is JSON, or newline-delimited JSON for `_bulk`.
    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<String>) -> Result<Value, IndexError> {
        let unavailable = |error: opensearch::Error| IndexError::Unavailable(with_causes(&error));
        let answer =
            self.client.send(method, path, HeaderMap::new(), None::<&()>, body, None).await.map_err(unavailable)?;
        let status = answer.status_code().as_u16();
        let text = answer.text().await.map_err(unavailable)?;
        let value: Value = serde_json::from_str(&text).unwrap_or_default();
        judged(status, value)
    }
}

/// An error and what it came from: alone it says that a request was not sent, and not whether time was up.
fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |told, cause| format!("{told}: {cause}"))
}

/// A query that OpenSearch gives up in good time: then `timed_out` says that it is a part of an answer.
fn in_time(mut query: Value) -> Value {
    query["timeout"] = json!(format!("{}ms", QUERY_WITHIN.as_millis()));
    query
}

fn judged(status: u16, answer: Value) -> Result<Value, IndexError> {
    match status {
        200..=299 => Ok(answer),
        429 | 502 | 503 | 504 => Err(IndexError::Unavailable(format!("{status} {}", kind(&answer)))),
        _ => Err(IndexError::Refused { status, kind: kind(&answer) }),
    }
}

/// The innermost name of an error: the outer one only says that shards failed.
fn kind(answer: &Value) -> String {
    let root = &answer["error"]["root_cause"][0]["type"];
    root.as_str().or_else(|| answer["error"]["type"].as_str()).unwrap_or("unknown").to_owned()
}

#[cfg(test)]
mod tests;
