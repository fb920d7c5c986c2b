//! What operators do with a subscription.

pub mod create_webhook;
pub mod delete_webhook;
pub mod get_webhook;
pub mod list_webhooks;
pub mod put_webhook;
pub mod rotate_webhook_secret;

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{
    ids::WebhookId,
    webhook::{DisabledReason, EventType},
};
use souk_runtime::http::Problem;
use souk_webhooks::{Terms, UrlRule, Webhook};
use utoipa::ToSchema;

/// The longest description, in characters.
const DESCRIPTION_MAX: usize = 200;

/// A subscription, without what its requests are signed with.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Webhook)]
struct WebhookView {
    webhook_id: WebhookId,
    url: String,
    event_types: BTreeSet<EventType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    enabled: bool,
    /// Why nothing is delivered, where nothing is.
    #[serde(skip_serializing_if = "Option::is_none")]
    disabled_reason: Option<DisabledReason>,
    /// Since when every attempt has failed, where the last one has.
    #[serde(skip_serializing_if = "Option::is_none")]
    failing_since: Option<Timestamp>,
    /// Until when requests are signed with the former secret, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    former_secret_until: Option<Timestamp>,
    version: u64,
    created_at: Timestamp,
}

/// A subscription with its secret, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookWithSecret)]
struct WebhookWithSecret {
    #[serde(flatten)]
    webhook: WebhookView,
    /// `whsec_` and the key in base64, as Standard Webhooks has it.
    secret: String,
}

impl From<&Webhook> for WebhookView {
    fn from(webhook: &Webhook) -> Self {
        Self {
            webhook_id: webhook.webhook_id.clone(),
            url: webhook.terms.url.as_str().to_owned(),
            event_types: webhook.terms.event_types.clone(),
            description: webhook.terms.description.clone(),
            enabled: webhook.disabled.is_none(),
            disabled_reason: webhook.disabled,
            failing_since: webhook.failing_since,
            former_secret_until: webhook.former_secret.as_ref().map(|(_, until)| *until),
            version: webhook.version,
            created_at: webhook.created_at,
        }
    }
}

impl From<&Webhook> for WebhookWithSecret {
    fn from(webhook: &Webhook) -> Self {
        Self { webhook: webhook.into(), secret: webhook.secret.reveal() }
    }
}

/// The terms that a request names.
fn terms(
    rule: UrlRule,
    url: &str,
    event_types: BTreeSet<EventType>,
    description: Option<String>,
) -> Result<Terms, Problem> {
    let url = rule.parse(url).map_err(|error| Problem::invalid_field("url", error.to_string()))?;
    if event_types.is_empty() {
        return Err(Problem::invalid_field("event_types", "must name one at least"));
    }
    if !event_types.iter().all(|event_type| event_type.may_be_subscribed_to()) {
        return Err(Problem::invalid_field("event_types", "holds one that comes by itself"));
    }
    if description.as_ref().is_some_and(|text| text.chars().count() > DESCRIPTION_MAX) {
        return Err(Problem::invalid_field("description", format!("must have at most {DESCRIPTION_MAX} characters")));
    }
    Ok(Terms { url, event_types, description })
}
