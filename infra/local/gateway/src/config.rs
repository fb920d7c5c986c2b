//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use axum::http::Uri;
use clap::Parser;

/// A stateful stand-in for Stripe's API, for one machine.
///
/// Serves PaymentIntents and refunds on 127.0.0.1, sends signed webhooks, and misbehaves on demand
/// (see POST /__fake/faults in the README).
#[derive(Clone, Debug, Parser)]
#[command(name = "souk-gateway", version)]
pub struct Config {
    /// Port on 127.0.0.1; 0 takes a free one and prints it.
    #[arg(long, default_value_t = 4580)]
    pub port: u16,
    /// The secret API key that callers must present (Bearer, or user name of Basic).
    #[arg(long)]
    pub api_key: String,
    /// The secret that webhooks are signed with.
    #[arg(long)]
    pub webhook_secret: String,
    /// Where webhooks go (plain http); can be changed by POST /__fake/webhook_url.
    #[arg(long, value_parser = parse_http_url)]
    pub webhook_url: Option<Uri>,
    /// Days until an authorization that nobody captured lapses.
    #[arg(long, default_value_t = 7)]
    pub authorization_days: u32,
    /// Milliseconds until a webhook that was not taken is sent again; each further pause is twice as long.
    #[arg(long, default_value_t = 500)]
    pub webhook_retry_ms: u64,
    /// A file that intents, refunds and idempotency keys survive a restart in.
    #[arg(long)]
    pub state: Option<PathBuf>,
}

impl Config {
    /// A gateway on a free port that keeps nothing: what tests start.
    pub fn for_tests(api_key: &str, webhook_secret: &str) -> Self {
        Self {
            port: 0,
            api_key: api_key.to_owned(),
            webhook_secret: webhook_secret.to_owned(),
            webhook_url: None,
            authorization_days: 7,
            webhook_retry_ms: 20,
            state: None,
        }
    }

    pub(crate) fn hold_seconds(&self) -> i64 {
        i64::from(self.authorization_days) * 24 * 60 * 60
    }

    pub(crate) fn first_retry(&self) -> Duration {
        Duration::from_millis(self.webhook_retry_ms)
    }
}

/// An absolute http URL.
pub(crate) fn parse_http_url(text: &str) -> Result<Uri, String> {
    let url: Uri = text.parse().map_err(|error| format!("not a URL: {error}"))?;
    match (url.scheme_str(), url.authority()) {
        (Some("http"), Some(_)) => Ok(url),
        _ => Err("an absolute http:// URL is needed".to_owned()),
    }
}
