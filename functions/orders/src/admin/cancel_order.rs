//! `POST /admin/orders/{order_id}/cancel`, by an operator.

use jiff::Timestamp;
use souk_domain::order::Canceller;
use souk_orders::{CancelOutcome, Orders, Saga};
use souk_runtime::http::{HttpResult, Problem, Request, Response, Role};
use souk_wiring::{Call, FromEnvironment};

use crate::{orders::OrderView, problems};

/// Orders, and the saga that gives money and units back.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    orders: Orders,
    saga: Saga,
}

/// Cancels any order before shipment. Repeating it changes nothing.
///
/// # Errors
/// 403 for anybody but operators, 404 where there is no such order, 409 once it was shipped.
pub async fn handle(deps: &Deps, request: Request, Call { now, .. }: Call) -> HttpResult {
    request.caller()?.require_any(&[Role::Operator])?;
    let order_id = request.path("order_id")?;
    match deps.orders.cancel(&order_id, Canceller::Operator, now).await? {
        CancelOutcome::Cancelled(order) => {
            deps.saga.nudge(&order_id).await;
            Ok(Response::json(200, &OrderView::brief(&order)).etag(order.version))
        }
        CancelOutcome::Refused(order) => Err(problems::illegal(&order, "be cancelled")),
        CancelOutcome::Unknown => Err(Problem::not_found("order")),
    }
}
