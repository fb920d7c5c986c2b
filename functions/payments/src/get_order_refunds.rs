//! `GET /admin/orders/{order_id}/refunds`.

use souk_domain::ids::OrderId;
use souk_orders::{Archive, Orders, find};
use souk_payments::PaymentRecords;
use souk_runtime::http::{
    HttpResult, Problem, Request, Response, Role, description::Problems, problem::catalogue::NotFound,
};
use souk_wiring::{Call, FromEnvironment};

use crate::refund_view::OrderRefundsView;

/// Orders wherever they lie, and their money.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    orders: Orders,
    archive: Archive,
    payments: PaymentRecords,
}

/// An order's refunds, and what is left to be refunded.
#[utoipa::path(
    get,
    path = "/admin/orders/{order_id}/refunds",
    operation_id = "get-order-refunds",
    responses(
        (status = 200, description = "The order's refunds.", body = OrderRefundsView),
        Problems<NotFound>,
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    request.caller()?.require_any(&[Role::Operator])?;
    let order_id: OrderId = request.path("order_id")?;
    let record = deps.payments.get(&order_id).await?;
    if record.is_none() && find(&deps.orders, &deps.archive, &order_id).await?.is_none() {
        return Err(Problem::not_found("order"));
    }
    Ok(Response::json(200, &OrderRefundsView::of(&order_id, record.as_ref())))
}
