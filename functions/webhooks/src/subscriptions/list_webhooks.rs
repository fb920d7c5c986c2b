//! `GET /admin/webhooks`

use serde::Serialize;
use souk_runtime::http::{HttpResult, Request, Response};
use souk_wiring::Call;
use utoipa::ToSchema;

use super::WebhookView;
pub use crate::operator::Deps;
use crate::operator::require_operator;

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Webhooks)]
struct WebhooksView {
    /// Oldest first; there are twenty at the most.
    webhooks: Vec<WebhookView>,
}

/// Answers with all subscriptions.
#[utoipa::path(
    get,
    path = "/admin/webhooks",
    operation_id = "list-webhooks",
    responses((status = 200, description = "The subscriptions.", body = WebhooksView)),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    require_operator(&request)?;
    let webhooks = deps.webhooks.all().await?.iter().map(WebhookView::from).collect();
    Ok(Response::json(200, &WebhooksView { webhooks }))
}
