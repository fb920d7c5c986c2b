//! `POST /admin/webhooks/{webhook_id}/ping`

use souk_runtime::http::{
    HttpResult, Request, Response,
    description::Problems,
    problem::catalogue::{NotFound, WebhookDisabled},
};
use souk_wiring::Call;
pub use souk_workflows::replay_deliveries::ReplayDeliveries as Deps;

use super::{DeliveryView, replayed};
use crate::operator::webhook_of;

/// Sends a `webhook.ping`, which tells nothing: a delivery like any other, to be looked up among them.
#[utoipa::path(
    post,
    path = "/admin/webhooks/{webhook_id}/ping",
    operation_id = "ping-webhook",
    responses(
        (status = 202, description = "It is on its way.", body = DeliveryView),
        Problems<(NotFound, WebhookDisabled)>,
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let webhook_id = webhook_of(&request)?;
    let delivery = replayed(deps.ping(&webhook_id, &call).await?)?;
    Ok(Response::json(202, &DeliveryView::from(&delivery)))
}
