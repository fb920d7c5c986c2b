//! `POST /admin/orders/{order_id}/fulfilments/{warehouse_id}/parcels/{parcel}/deliver`: it has arrived.

use souk_domain::order::ParcelNumber;
use souk_orders::ReviseOutcome;
use souk_runtime::http::{
    HttpResult, Problem, Request,
    description::Problems,
    problem::catalogue::{NotFound, NotPacked},
};
use souk_wiring::Call;
pub use souk_workflows::deliver_order::DeliverOrder as Deps;

use super::Desk;
use crate::{problems, view::ShipmentsView};

/// Marks the parcel delivered; with the last one, the order is. Repeating it changes nothing.
#[utoipa::path(
    post,
    path = "/admin/orders/{order_id}/fulfilments/{warehouse_id}/parcels/{parcel}/deliver",
    operation_id = "deliver-parcel",
    responses(
        (status = 200, description = "The order's shipments.", body = ShipmentsView, headers(("ETag"))),
        Problems<(NotFound, NotPacked)>,
    ),
    security(("user" = ["warehouse"]), ("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let desk = Desk::of(&request)?;
    let number: ParcelNumber = request.path("parcel")?;
    match deps.parcel(&desk.order_id, (&desk.warehouse_id, number.get()), &call).await? {
        ReviseOutcome::Revised(order) => Ok(ShipmentsView::answer(&order)),
        ReviseOutcome::Refused(_, refusal) => Err(problems::shipping(&refusal, "be delivered")),
        ReviseOutcome::Unknown => Err(Problem::not_found("order")),
    }
}
