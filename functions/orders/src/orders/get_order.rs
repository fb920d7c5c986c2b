//! `GET /orders/{order_id}`.

use souk_orders::{Archive, Orders, find};
use souk_payments::PaymentRecords;
use souk_runtime::http::{HttpResult, Problem, Request, Response, description::Problems, problem::catalogue::NotFound};
use souk_wiring::{Call, FromEnvironment};

use super::OrderView;

/// Hot and archived orders, and payments.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    orders: Orders,
    archive: Archive,
    payments: PaymentRecords,
}

/// The caller's order, wherever it lies.
#[utoipa::path(
    get,
    path = "/orders/{order_id}",
    operation_id = "get-order",
    responses(
        (status = 200, description = "The order.", body = OrderView, headers(("ETag"))),
        Problems<NotFound>,
    ),
    security(("user" = [])),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    let user_id = request.caller()?.user_id;
    let order_id = request.path("order_id")?;
    let order = find(&deps.orders, &deps.archive, &order_id).await?;
    let order = order.filter(|order| order.user_id == user_id).ok_or_else(|| Problem::not_found("order"))?;
    let payment = deps.payments.get(&order_id).await?;
    Ok(Response::json(200, &OrderView::whole(&order, payment.as_ref())).etag(order.version))
}
