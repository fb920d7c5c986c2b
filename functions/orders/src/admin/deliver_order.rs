//! `POST /admin/orders/{order_id}/deliver`: the parcels have arrived.

use souk_domain::order::OrderStatus;
use souk_orders::{ChangeOutcome, Orders};
use souk_runtime::http::{
    HttpResult, Problem, Request, Response, Role,
    description::Problems,
    problem::catalogue::{IllegalTransition, NotFound},
};
use souk_wiring::{Call, FromEnvironment};

use crate::{orders::OrderView, problems};

/// The orders.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    orders: Orders,
}

/// Marks the order delivered. Repeating it changes nothing.
#[utoipa::path(
    post,
    path = "/admin/orders/{order_id}/deliver",
    operation_id = "admin-deliver-order",
    responses(
        (status = 200, description = "The order, delivered.", body = OrderView, headers(("ETag"))),
        Problems<(NotFound, IllegalTransition)>,
    ),
    security(("user" = ["warehouse"]), ("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, Call { now, .. }: Call) -> HttpResult {
    request.caller()?.require_any(&[Role::Warehouse, Role::Operator])?;
    let order_id = request.path("order_id")?;
    let order = match deps.orders.deliver(&order_id, now).await? {
        ChangeOutcome::Changed(order) => order,
        ChangeOutcome::Refused(order) if order.status == OrderStatus::Delivered => order,
        ChangeOutcome::Refused(order) => return Err(problems::illegal(&order, "be delivered")),
        ChangeOutcome::Unknown => return Err(Problem::not_found("order")),
    };
    Ok(Response::json(200, &OrderView::brief(&order)).etag(order.version))
}
