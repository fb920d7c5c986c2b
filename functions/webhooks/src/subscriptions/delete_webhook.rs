//! `DELETE /admin/webhooks/{webhook_id}`

use souk_runtime::http::{
    HttpResult, Request, Response,
    description::{IfMatch, Problems},
    problem::catalogue::NotFound,
};
use souk_wiring::Call;

pub use crate::operator::Deps;
use crate::operator::{guarded, webhook_of};

/// Ends a subscription. What is pending fails; what was delivered is known until it is thirty days old.
#[utoipa::path(
    delete,
    path = "/admin/webhooks/{webhook_id}",
    operation_id = "delete-webhook",
    params(IfMatch),
    responses((status = 204, description = "It is gone."), Problems<NotFound>),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    let webhook_id = webhook_of(&request)?;
    let seen = request.if_match()?;
    guarded(deps.webhooks.delete(&webhook_id, seen).await?)?;
    Ok(Response::empty(204))
}
