//! `POST /admin/orders/{order_id}/fulfilments/{warehouse_id}/ship`: the carrier has it.

use serde::Deserialize;
use souk_domain::order::Label;
use souk_runtime::http::{
    HttpResult, Request,
    description::Problems,
    problem::catalogue::{
        AlreadyShipped, AuthorizationLapsed, CaptureRefused, IllegalTransition, NotFound, NotPacked,
        PaymentNotAuthorized, Unprocessable,
    },
};
use souk_wiring::Call;
pub use souk_workflows::ship_order::ShipOrder as Deps;
use utoipa::ToSchema;

use super::Desk;
use crate::{labels, problems, view::ShipmentsView};

/// What leaves.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ShipFulfilment)]
#[serde(deny_unknown_fields)]
struct Body {
    /// The parcels' labels; those that were named when it was packed, unless said otherwise.
    #[serde(default)]
    parcels: Vec<Label>,
}

/// Ships what the warehouse has packed. With the first parcel of an order that leaves, its money is taken, all of it;
/// with the last one, the order is shipped. Repeating it changes nothing.
#[utoipa::path(
    post,
    path = "/admin/orders/{order_id}/fulfilments/{warehouse_id}/ship",
    operation_id = "ship-fulfilment",
    request_body = Body,
    responses(
        (status = 200, description = "The order's shipments.", body = ShipmentsView, headers(("ETag"))),
        Problems<(
            NotFound, IllegalTransition, NotPacked, AlreadyShipped, PaymentNotAuthorized, AuthorizationLapsed,
            CaptureRefused, Unprocessable,
        )>,
    ),
    security(("user" = ["warehouse"]), ("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let desk = Desk::of(&request)?;
    let labels = labels::checked("parcels", request.json::<Body>()?.parcels)?;
    let outcome = deps.from_warehouse(&desk.order_id, &desk.warehouse_id, labels, &call).await;
    let order = problems::shipped(outcome.map_err(problems::unfinished)?)?;
    Ok(ShipmentsView::answer(&order))
}
