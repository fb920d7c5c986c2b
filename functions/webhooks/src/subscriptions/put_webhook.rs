//! `PUT /admin/webhooks/{webhook_id}`: other terms, or on and off.

use std::collections::BTreeSet;

use serde::Deserialize;
use souk_domain::webhook::EventType;
use souk_runtime::http::{
    HttpResult, Request, Response,
    description::{IfMatch, Problems},
    problem::catalogue::NotFound,
};
use souk_wiring::Call;
use utoipa::ToSchema;

pub use super::create_webhook::Deps;
use super::{WebhookView, terms};
use crate::operator::{guarded, webhook_of};

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = PutWebhook)]
#[serde(deny_unknown_fields)]
struct Body {
    /// `https`, port 443, a host's name and no IP address.
    #[schema(max_length = 1000)]
    url: String,
    #[schema(min_items = 1)]
    event_types: BTreeSet<EventType>,
    #[schema(max_length = 200)]
    description: Option<String>,
    enabled: bool,
}

/// Changes where it is, what it is told, and whether. Nothing is planned for a disabled one, and what is pending fails;
/// replays make up for it.
#[utoipa::path(
    put,
    path = "/admin/webhooks/{webhook_id}",
    operation_id = "put-webhook",
    params(IfMatch),
    request_body = Body,
    responses(
        (status = 200, description = "It was changed.", body = WebhookView, headers(("ETag"))),
        Problems<NotFound>,
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    let webhook_id = webhook_of(&request)?;
    let seen = request.if_match()?;
    let Body { url, event_types, description, enabled } = request.json()?;
    let terms = terms(deps.rule, &url, event_types, description)?;
    let webhook = guarded(deps.webhooks.change(&webhook_id, &terms, enabled, seen).await?)?;
    Ok(Response::json(200, &WebhookView::from(&webhook)).etag(webhook.version))
}
