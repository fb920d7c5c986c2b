//! `PUT /orders/{order_id}/shipping-address`: the customer sends their order somewhere else.

use souk_domain::order::Address;
use souk_runtime::http::{
    HttpResult, Problem, Request, Response,
    description::{IfMatch, Problems},
    problem::catalogue::{AddressFixed, NotFound},
};
use souk_wiring::Call;
pub use souk_workflows::change_address::ChangeAddress as Deps;
use souk_workflows::change_address::Outcome;

use super::OrderView;
use crate::problems;

/// Changes where the order goes, until it is being packed. Each address that it had is kept.
#[utoipa::path(
    put,
    path = "/orders/{order_id}/shipping-address",
    operation_id = "put-shipping-address",
    params(IfMatch),
    request_body = Address,
    responses(
        (status = 200, description = "The order, which goes there now.", body = OrderView, headers(("ETag"))),
        Problems<(NotFound, AddressFixed)>,
    ),
    security(("user" = [])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let user_id = request.caller()?.user_id;
    let order_id = request.path("order_id")?;
    let seen = request.if_match()?;
    let address = request.json::<Address>()?.checked()?;
    match deps.run(&order_id, &user_id, seen, &address, &call).await? {
        Outcome::Changed(order) => Ok(Response::json(200, &OrderView::brief(&order)).etag(order.version)),
        Outcome::Fixed(order) => Err(problems::address_fixed(&order)),
        Outcome::VersionNeeded(version) => Err(Problem::version_needed(version)),
        Outcome::Stale(version) => Err(Problem::stale(version)),
        Outcome::Unknown => Err(Problem::not_found("order")),
    }
}
