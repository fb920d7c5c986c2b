//! HTTP to the gateway: time limits, bounded retries, nothing secret in any text.

use std::time::Duration;

use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::{HttpConnector as _, HttpConnectorSettings, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Uri};
use tokio::time::{Instant, sleep, timeout_at};

use super::{API_VERSION, StripeSettingsError};
use crate::gateway::GatewayError;

/// A gateway that takes longer to accept a connection is down.
const CONNECT_WITHIN: Duration = Duration::from_secs(2);

/// Further attempts of a call that may be repeated.
const RETRIES: u32 = 2;

/// The longest pause before the first retry; each further one may be twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(150);

/// A request before it is bound to a host.
#[derive(Debug)]
pub(super) struct Call {
    method: Method,
    path_and_query: String,
    form: String,
    idempotency_key: Option<String>,
}

impl Call {
    pub(super) fn get(path: String, query: Vec<(&str, String)>) -> Self {
        let query = encode(query);
        let path_and_query = if query.is_empty() { path } else { format!("{path}?{query}") };
        Self { method: Method::GET, path_and_query, form: String::new(), idempotency_key: None }
    }

    pub(super) fn post(path: String, form: Vec<(&str, String)>, idempotency_key: Option<String>) -> Self {
        Self { method: Method::POST, path_and_query: path, form: encode(form), idempotency_key }
    }

    /// Whether sending it twice is as good as sending it once.
    fn repeatable(&self) -> bool {
        self.method == Method::GET || self.idempotency_key.is_some()
    }
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// The gateway repeated an earlier answer to the same idempotency key.
    pub(super) replayed: bool,
    pub(super) body: Vec<u8>,
}

/// A connection pool to one gateway.
#[derive(Debug)]
pub(super) struct Transport {
    connector: SharedHttpConnector,
    base_url: String,
    authorization: HeaderValue,
    within: Duration,
}

impl Transport {
    /// Over the network.
    pub(super) fn new(base_url: &str, api_key: &str, within: Duration) -> Result<Self, StripeSettingsError> {
        let connector = Connector::builder()
            .connector_settings(HttpConnectorSettings::builder().connect_timeout(CONNECT_WITHIN).build())
            .sleep_impl(TokioSleep::new())
            .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
            .build();
        Self::over(SharedHttpConnector::new(connector), base_url, api_key, within)
    }

    /// Over this connector.
    pub(super) fn over(
        connector: SharedHttpConnector,
        base_url: &str,
        api_key: &str,
        within: Duration,
    ) -> Result<Self, StripeSettingsError> {
        let base_url = base_url.trim_end_matches('/').to_owned();
        let parsed: Uri = base_url.parse().map_err(|_| StripeSettingsError::BaseUrl)?;
        if !matches!(parsed.scheme_str(), Some("http" | "https")) || parsed.host().is_none() {
            return Err(StripeSettingsError::BaseUrl);
        }
        let mut authorization =
            HeaderValue::try_from(format!("Bearer {api_key}")).map_err(|_| StripeSettingsError::ApiKey)?;
        // Keeps the key out of this header's Debug text, hence out of logs.
        authorization.set_sensitive(true);
        Ok(Self { connector, base_url, authorization, within })
    }

    /// Sends a call, again where that is safe and the answer was none or "later".
    pub(super) async fn send(&self, call: &Call) -> Result<Answer, GatewayError> {
        let deadline = Instant::now() + self.within;
        let mut longest_pause = FIRST_PAUSE;
        let mut retries = if call.repeatable() { RETRIES } else { 0 };
        loop {
            let outcome = timeout_at(deadline, self.attempt(call))
                .await
                .unwrap_or_else(|_| Err(GatewayError::Unavailable("no answer in time".to_owned())));
            let pause = longest_pause.mul_f64(0.5 + fastrand::f64() / 2.0);
            let again = retries > 0 && worth_repeating(&outcome) && Instant::now() + pause < deadline;
            if !again {
                return outcome;
            }
            sleep(pause).await;
            longest_pause *= 2;
            retries -= 1;
        }
    }

    async fn attempt(&self, call: &Call) -> Result<Answer, GatewayError> {
        let response = self.connector.call(self.request(call)?).await.map_err(|error| {
            // The error's own text may quote the request; its kind says enough.
            let kind = if error.is_timeout() { "the connection timed out" } else { "the connection failed" };
            GatewayError::Unavailable(kind.to_owned())
        })?;
        let status = response.status().as_u16();
        let replayed = response.headers().get("idempotent-replayed") == Some("true");
        let body = ByteStream::new(response.into_body()).collect().await;
        let body = body.map_err(|_| GatewayError::Unavailable("the answer broke off".to_owned()))?;
        Ok(Answer { status, replayed, body: body.to_vec() })
    }

    fn request(&self, call: &Call) -> Result<HttpRequest, GatewayError> {
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(format!("{}{}", self.base_url, call.path_and_query))
            .header(AUTHORIZATION, self.authorization.clone())
            .header(ACCEPT, "application/json")
            .header("stripe-version", API_VERSION);
        if call.method == Method::POST {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        if let Some(key) = &call.idempotency_key {
            request = request.header("idempotency-key", key);
        }
        let misconfigured = |_| GatewayError::Misconfigured("a request could not be formed".to_owned());
        let request = request.body(SdkBody::from(call.form.clone())).map_err(misconfigured)?;
        HttpRequest::try_from(request)
            .map_err(|_| GatewayError::Misconfigured("a request could not be formed".to_owned()))
    }
}

/// Lost, in flight, too fast or broken. A replayed failure stays what it is.
fn worth_repeating(outcome: &Result<Answer, GatewayError>) -> bool {
    match outcome {
        Ok(answer) => !answer.replayed && matches!(answer.status, 409 | 429 | 500..),
        Err(error) => matches!(error, GatewayError::Unavailable(_)),
    }
}

fn encode(pairs: Vec<(&str, String)>) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}
