//! `POST /admin/orders/{order_id}/fulfilments/{warehouse_id}/release`: others may pick it; and where its customer wants
//! to cancel, they may.

use serde::Serialize;
use souk_domain::{ids::OrderId, order::OrderStatus};
use souk_runtime::http::{
    HttpResult, Problem, Request, Response,
    description::Problems,
    problem::catalogue::{ClaimedByAnother, IllegalTransition, NotFound},
};
use souk_wiring::Call;
pub use souk_workflows::release_fulfilment::ReleaseFulfilment as Deps;
use souk_workflows::release_fulfilment::ReleaseOutcome;
use utoipa::ToSchema;

use super::Desk;
use crate::{problems, view::FulfilmentView};

/// What became of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Release)]
struct Released<'a> {
    order_id: &'a OrderId,
    /// `CANCELLED` where its customer wanted to cancel.
    order_status: OrderStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    fulfilment: Option<FulfilmentView<'a>>,
}

/// Leaves it to others. Where the customer wants to cancel, the order is cancelled. An operator may release what
/// another picks.
#[utoipa::path(
    post,
    path = "/admin/orders/{order_id}/fulfilments/{warehouse_id}/release",
    operation_id = "release-fulfilment",
    responses(
        (status = 200, description = "Released, or cancelled as its customer wanted.", body = Released),
        Problems<(NotFound, IllegalTransition, ClaimedByAnother)>,
    ),
    security(("user" = ["warehouse"]), ("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let desk = Desk::of(&request)?;
    let (order_status, work) = match deps.run(&desk.order_id, &desk.warehouse_id, (&desk.by, desk.leads), &call).await?
    {
        ReleaseOutcome::Released(work) => (OrderStatus::Confirmed, Some(work)),
        ReleaseOutcome::Cancelled(order) => (order.status, None),
        ReleaseOutcome::Refused(_, refusal) => return Err(problems::refused(refusal)),
        ReleaseOutcome::Unknown => return Err(Problem::not_found("fulfilment")),
    };
    let fulfilment = work.as_ref().map(|work| FulfilmentView::of(work, call.now));
    Ok(Response::json(200, &Released { order_id: &desk.order_id, order_status, fulfilment }))
}
