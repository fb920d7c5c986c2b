//! `POST /admin/webhooks/{webhook_id}/secret`: a new secret.

use souk_runtime::http::{
    HttpResult, Request, Response,
    description::{IfMatch, Problems},
    problem::catalogue::NotFound,
};
use souk_wiring::Call;

use super::WebhookWithSecret;
pub use crate::operator::Deps;
use crate::operator::{guarded, webhook_of};

/// Answers with a new secret, this once. For a day requests bear two signatures, so that the subscriber may change over
/// at any time of it.
#[utoipa::path(
    post,
    path = "/admin/webhooks/{webhook_id}/secret",
    operation_id = "rotate-webhook-secret",
    params(IfMatch),
    responses(
        (status = 200, description = "The new secret.", body = WebhookWithSecret, headers(("ETag"))),
        Problems<NotFound>,
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let webhook_id = webhook_of(&request)?;
    let seen = request.if_match()?;
    let webhook = guarded(deps.webhooks.rotate(&webhook_id, seen, call.now).await?)?;
    Ok(Response::json(200, &WebhookWithSecret::from(&webhook)).etag(webhook.version))
}
