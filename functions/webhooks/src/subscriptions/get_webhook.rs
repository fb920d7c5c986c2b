//! `GET /admin/webhooks/{webhook_id}`

use souk_runtime::http::{HttpResult, Request, Response, description::Problems, problem::catalogue::NotFound};
use souk_wiring::Call;

use super::WebhookView;
pub use crate::operator::Deps;
use crate::operator::{no_such_webhook, webhook_of};

/// Answers with a subscription.
#[utoipa::path(
    get,
    path = "/admin/webhooks/{webhook_id}",
    operation_id = "get-webhook",
    responses(
        (status = 200, description = "The subscription.", body = WebhookView, headers(("ETag"))),
        Problems<NotFound>,
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    let webhook_id = webhook_of(&request)?;
    let webhook = deps.webhooks.get(&webhook_id).await?.ok_or_else(no_such_webhook)?;
    Ok(Response::json(200, &WebhookView::from(&webhook)).etag(webhook.version))
}
