//! `POST /admin/orders/{order_id}/fulfilments/{warehouse_id}/claim`: the caller picks it.

use souk_runtime::http::{
    HttpResult, Problem, Request,
    description::Problems,
    problem::catalogue::{ClaimedByAnother, IllegalTransition, NotFound},
};
use souk_wiring::Call;
pub use souk_workflows::claim_fulfilment::ClaimFulfilment as Deps;
use souk_workflows::claim_fulfilment::ClaimOutcome;

use super::Desk;
use crate::{problems, view::FulfilmentView};

/// Keeps others from picking it for a while. Repeating it prolongs that.
#[utoipa::path(
    post,
    path = "/admin/orders/{order_id}/fulfilments/{warehouse_id}/claim",
    operation_id = "claim-fulfilment",
    responses(
        (status = 200, description = "The fulfilment, claimed.", body = FulfilmentView, headers(("ETag"))),
        Problems<(NotFound, IllegalTransition, ClaimedByAnother)>,
    ),
    security(("user" = ["warehouse"]), ("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let desk = Desk::of(&request)?;
    match deps.run(&desk.order_id, &desk.warehouse_id, &desk.by, &call).await? {
        ClaimOutcome::Claimed(work) => Ok(FulfilmentView::answer(&work, call.now)),
        ClaimOutcome::Refused(_, refusal) => Err(problems::refused(refusal)),
        ClaimOutcome::Cancelled(order) => Err(problems::cancelled(&order, "be picked")),
        ClaimOutcome::Unknown => Err(Problem::not_found("fulfilment")),
    }
}
