//! `POST /admin/webhooks`: subscribes somebody outside to what happens to orders.

use std::collections::BTreeSet;

use serde::Deserialize;
use souk_domain::{ids::WebhookId, webhook::EventType};
use souk_runtime::http::{
    HttpResult, Problem, Request, Response, description::Problems, problem::catalogue::TooManyWebhooks,
};
use souk_webhooks::{CreateOutcome, MAX_WEBHOOKS, UrlRule, Webhooks};
use souk_wiring::{Call, FromEnvironment};
use utoipa::ToSchema;

use super::{WebhookWithSecret, terms};
use crate::operator::require_operator;

/// The subscriptions, and which addresses they may have.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    pub(super) webhooks: Webhooks,
    pub(super) rule: UrlRule,
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = CreateWebhook)]
#[serde(deny_unknown_fields)]
struct Body {
    /// `https`, port 443, a host's name and no IP address.
    #[schema(max_length = 1000)]
    url: String,
    #[schema(min_items = 1)]
    event_types: BTreeSet<EventType>,
    #[schema(max_length = 200)]
    description: Option<String>,
}

/// Answers with the secret that its requests are signed with, this once. A request whose answer was lost has made a
/// subscription all the same: it is in the list.
#[utoipa::path(
    post,
    path = "/admin/webhooks",
    operation_id = "create-webhook",
    request_body = Body,
    responses(
        (status = 201, description = "It is made, and enabled.", body = WebhookWithSecret, headers(("ETag"), ("Location"))),
        Problems<TooManyWebhooks>,
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    require_operator(&request)?;
    let Body { url, event_types, description } = request.json()?;
    let terms = terms(deps.rule, &url, event_types, description)?;
    match deps.webhooks.create(WebhookId::from_uuid(call.new_id()), terms, call.now).await? {
        CreateOutcome::Created(webhook) => Ok(Response::json(201, &WebhookWithSecret::from(&*webhook))
            .etag(webhook.version)
            .header("location", format!("/admin/webhooks/{}", webhook.webhook_id))),
        CreateOutcome::TooMany => Err(Problem::new(TooManyWebhooks, format!("There are {MAX_WEBHOOKS} of them."))),
    }
}
