//! Requests to subscribers: signed, bounded in time, and to addresses of the public internet only.

use std::{error::Error, fmt, net::IpAddr, time::Duration};

use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::{
    Connector,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{
    dns::{DnsFuture, ResolveDns, ResolveDnsError},
    http::{HttpConnector as _, HttpConnectorSettings, SharedHttpConnector},
    orchestrator::HttpRequest,
    result::ConnectorError,
};
use aws_smithy_types::body::SdkBody;
use http::header::{CONTENT_TYPE, USER_AGENT};
use jiff::{SignedDuration, Timestamp};
use souk_domain::webhook::{AttemptFailure, Reach, UrlError, WebhookUrl, is_public};
use souk_wiring::{ConfigError, Environment, FromEnvironment};

use crate::{Event, Secret};

/// How long a subscriber may take to answer.
pub const WITHIN: Duration = Duration::from_secs(10);
/// How long it may take to accept a connection.
const CONNECT_WITHIN: Duration = Duration::from_secs(4);

/// What a subscriber said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Thank you: 2xx.
    Delivered {
        /// The status.
        status: u16,
    },
    /// No more of this: 410.
    Gone,
    /// Anything else. Redirects are not followed: the operator names the address.
    Refused {
        /// The status.
        status: u16,
        /// What `Retry-After` asks for.
        retry_after: Option<SignedDuration>,
    },
    /// Nothing.
    None(AttemptFailure),
}

/// The network, as far as a subscriber may be in it.
#[derive(Debug, Clone)]
pub struct Subscribers {
    connector: SharedHttpConnector,
    reach: Reach,
    within: Duration,
}

/// The template says `true` on a local stack only, so that tests can listen.
impl FromEnvironment for Subscribers {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        let connector = environment.connector().cloned().unwrap_or_else(network);
        Ok(Self { connector, reach: reach(environment), within: WITHIN })
    }
}

/// Which addresses operators may give.
#[derive(Debug, Clone, Copy)]
pub struct UrlRule(Reach);

impl FromEnvironment for UrlRule {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self(reach(environment)))
    }
}

impl UrlRule {
    /// The address in this text.
    ///
    /// # Errors
    /// [`UrlError`].
    pub fn parse(&self, text: &str) -> Result<WebhookUrl, UrlError> {
        WebhookUrl::parse(text, self.0)
    }
}

/// Where subscribers may be, by `WEBHOOK_LOOPBACK`.
fn reach(environment: &Environment) -> Reach {
    match environment.optional("WEBHOOK_LOOPBACK").as_deref() {
        Some("true") => Reach::PublicAndLoopback,
        _ => Reach::Public,
    }
}

impl Subscribers {
    /// Those within reach, each of which answers within a time.
    pub fn new(reach: Reach, within: Duration) -> Self {
        Self { connector: network(), reach, within }
    }

    /// Sends an event to a subscriber, signed with each of the secrets. The answer's body is not read.
    pub async fn send<'a>(
        &self,
        url: &WebhookUrl,
        event: &Event,
        secrets: impl Iterator<Item = &'a Secret>,
        now: Timestamp,
    ) -> Answer {
        if !url.is_within(self.reach) {
            return Answer::None(AttemptFailure::Address);
        }
        let Some(request) = request(url, event, secrets, now) else { return Answer::None(AttemptFailure::Connection) };
        match tokio::time::timeout(self.within, self.connector.call(request)).await {
            Err(_) => Answer::None(AttemptFailure::Timeout),
            Ok(Err(error)) => Answer::None(failure(&error)),
            Ok(Ok(response)) => {
                let retry_after = response.headers().get("retry-after").and_then(|text| retry_after(text, now));
                match response.status().as_u16() {
                    status @ 200..=299 => Answer::Delivered { status },
                    410 => Answer::Gone,
                    status => Answer::Refused { status, retry_after },
                }
            }
        }
    }
}

fn request<'a>(
    url: &WebhookUrl,
    event: &Event,
    secrets: impl Iterator<Item = &'a Secret>,
    now: Timestamp,
) -> Option<HttpRequest> {
    let signatures: Vec<_> =
        secrets.map(|secret| secret.sign(&event.event_id, now, &event.body)).collect::<Result<_, _>>().ok()?;
    let request = http::Request::post(url.as_str())
        .header(CONTENT_TYPE, "application/json")
        .header(USER_AGENT, "Souk-Webhooks/1")
        .header("webhook-id", event.event_id.as_str())
        .header("webhook-timestamp", now.as_second())
        .header("webhook-signature", signatures.join(" "))
        .body(SdkBody::from(event.body.as_str()))
        .ok()?;
    HttpRequest::try_from(request).ok()
}

/// Seconds, or a date (RFC 9110, 10.2.3).
fn retry_after(text: &str, now: Timestamp) -> Option<SignedDuration> {
    let seconds = text.trim().parse::<u32>().ok().map(|seconds| SignedDuration::from_secs(seconds.into()));
    seconds.or_else(|| {
        let at = jiff::fmt::rfc2822::parse(text.trim()).ok()?.timestamp();
        Some(at.duration_since(now))
    })
}

fn failure(error: &ConnectorError) -> AttemptFailure {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<NotPublic>() || error.is::<ResolveDnsError>() {
            return AttemptFailure::Address;
        }
        cause = error.source();
    }
    if error.is_timeout() { AttemptFailure::Timeout } else { AttemptFailure::Connection }
}

/// The internet itself, without proxies: a proxy would look the names up.
fn network() -> SharedHttpConnector {
    let connector = Connector::builder()
        .connector_settings(HttpConnectorSettings::builder().connect_timeout(CONNECT_WITHIN).build())
        .sleep_impl(TokioSleep::new())
        .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
        .build_with_resolver(PublicNames);
    SharedHttpConnector::new(connector)
}

/// Looks names up, and gives those addresses to whoever connects: what was judged is what is connected to, whatever
/// the name leads to a moment later.
#[derive(Debug, Clone)]
struct PublicNames;

/// A name leads to an address that is not of the public internet, or to none.
#[derive(Debug)]
struct NotPublic;

impl fmt::Display for NotPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name does not lead to public addresses")
    }
}

impl Error for NotPublic {}

impl ResolveDns for PublicNames {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        DnsFuture::new(async move {
            let found = tokio::net::lookup_host((name, 443)).await.map_err(ResolveDnsError::new)?;
            judged(found.map(|address| address.ip()).collect()).map_err(ResolveDnsError::new)
        })
    }
}

/// The addresses, where each of them is public: a name that leads here as well as there is somebody's trick.
fn judged(addresses: Vec<IpAddr>) -> Result<Vec<IpAddr>, NotPublic> {
    let all_public = !addresses.is_empty() && addresses.iter().all(|address| is_public(*address));
    if all_public { Ok(addresses) } else { Err(NotPublic) }
}

#[cfg(test)]
mod tests;
