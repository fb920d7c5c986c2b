//! `POST /admin/orders/{order_id}/deliver`: all parcels have arrived.

use souk_domain::{ids::OrderId, order::Actor};
use souk_orders::ReviseOutcome;
use souk_runtime::http::{
    HttpResult, Problem, Request, Role,
    description::Problems,
    problem::catalogue::{IllegalTransition, NotFound},
};
use souk_wiring::Call;
pub use souk_workflows::deliver_order::DeliverOrder as Deps;

use crate::{problems, view::ShipmentsView};

/// Marks the order and all of its parcels delivered. Repeating it changes nothing.
#[utoipa::path(
    post,
    path = "/admin/orders/{order_id}/deliver",
    operation_id = "admin-deliver-order",
    responses(
        (status = 200, description = "The order's shipments.", body = ShipmentsView, headers(("ETag"))),
        Problems<(NotFound, IllegalTransition)>,
    ),
    security(("user" = ["warehouse"]), ("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    request.caller()?.require_any(&[Role::Warehouse, Role::Operator])?;
    let order_id: OrderId = request.path("order_id")?;
    match deps.run(&order_id, Actor::Warehouse, &call).await? {
        ReviseOutcome::Revised(order) => Ok(ShipmentsView::answer(&order)),
        ReviseOutcome::Refused(_, step) => Err(problems::illegal(step.from, "be delivered")),
        ReviseOutcome::Unknown => Err(Problem::not_found("order")),
    }
}
