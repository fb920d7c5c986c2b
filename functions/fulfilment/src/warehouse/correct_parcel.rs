//! `PUT /admin/orders/{order_id}/fulfilments/{warehouse_id}/parcels/{parcel}`: its label was wrong.

use souk_domain::order::{Label, ParcelNumber};
use souk_orders::ReviseOutcome;
use souk_runtime::http::{
    HttpResult, Problem, Request,
    description::Problems,
    problem::catalogue::{IllegalTransition, NotFound},
};
use souk_wiring::Call;
pub use souk_workflows::correct_label::CorrectLabel as Deps;

use super::Desk;
use crate::{labels, problems, view::ShipmentsView};

/// Puts another label in place of the parcel's, before it leaves or after. The former one is kept, and the shopper is
/// told once it has left. Repeating it changes nothing.
#[utoipa::path(
    put,
    path = "/admin/orders/{order_id}/fulfilments/{warehouse_id}/parcels/{parcel}",
    operation_id = "correct-parcel",
    request_body = Label,
    responses(
        (status = 200, description = "The order's shipments.", body = ShipmentsView, headers(("ETag"))),
        Problems<(NotFound, IllegalTransition)>,
    ),
    security(("user" = ["warehouse"]), ("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let desk = Desk::of(&request)?;
    let number: ParcelNumber = request.path("parcel")?;
    let label = labels::printable("", request.json()?)?;
    match deps.run(&desk.order_id, (&desk.warehouse_id, number.get()), &label, &call).await? {
        ReviseOutcome::Revised(order) => Ok(ShipmentsView::answer(&order)),
        ReviseOutcome::Refused(_, refusal) => Err(problems::shipping(&refusal, "get another label")),
        ReviseOutcome::Unknown => Err(Problem::not_found("order")),
    }
}
