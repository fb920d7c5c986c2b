//! `POST /admin/webhooks/{webhook_id}/deliveries/{event_id}/replay`

use souk_domain::ids::EventId;
use souk_runtime::http::{
    HttpResult, Request, Response,
    description::Problems,
    problem::catalogue::{NotFound, WebhookDisabled},
};
use souk_wiring::Call;
pub use souk_workflows::replay_deliveries::ReplayDeliveries as Deps;

use super::{DeliveryView, replayed};
use crate::operator::webhook_of;

/// Sends an event again, with the same id and body, whether it has failed or was delivered; one that is pending stays
/// so. It is then tried as if it were new.
#[utoipa::path(
    post,
    path = "/admin/webhooks/{webhook_id}/deliveries/{event_id}/replay",
    operation_id = "replay-delivery",
    responses(
        (status = 202, description = "It is pending.", body = DeliveryView),
        Problems<(NotFound, WebhookDisabled)>,
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let webhook_id = webhook_of(&request)?;
    let event_id: EventId = request.path("event_id")?;
    let delivery = replayed(deps.one(&webhook_id, &event_id, &call).await?)?;
    Ok(Response::json(202, &DeliveryView::from(&delivery)))
}
