//! `POST /orders/{order_id}/cancel`, by the customer.

use jiff::Timestamp;
use souk_domain::{
    ids::{OrderId, UserId},
    order::Canceller,
};
use souk_orders::{Archive, CancelOutcome, Orders, Saga};
use souk_runtime::http::{HttpResult, Problem, Request, Response};
use souk_wiring::{Call, FromEnvironment};

use super::OrderView;
use crate::{problems};

/// Orders, and the saga that gives money and units back.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    orders: Orders,
    archive: Archive,
    saga: Saga,
}

/// Cancels before shipment. Repeating it changes nothing.
///
/// # Errors
/// 404 where it is not the caller's; 409 once it was shipped.
pub async fn handle(deps: &Deps, request: Request, Call { now, .. }: Call) -> HttpResult {
    let user_id = request.caller()?.user_id;
    let order_id = request.path("order_id")?;
    owned(deps, &order_id, &user_id).await?;
    match deps.orders.cancel(&order_id, Canceller::Customer, now).await? {
        CancelOutcome::Cancelled(order) => {
            deps.saga.nudge(&order_id).await;
            Ok(Response::json(200, &OrderView::brief(&order)).etag(order.version))
        }
        CancelOutcome::Refused(order) => Err(problems::illegal(&order, "be cancelled")),
        CancelOutcome::Unknown => Err(Problem::not_found("order")),
    }
}

/// Refuses an order that is not the caller's, and one that has ended and left the hot table.
async fn owned(deps: &Deps, order_id: &OrderId, user_id: &UserId) -> Result<(), Problem> {
    let mine = |owner: &UserId| if owner == user_id { Ok(()) } else { Err(Problem::not_found("order")) };
    match deps.orders.get(order_id).await? {
        Some(order) => mine(&order.user_id),
        None => match deps.archive.get(order_id).await? {
            Some(order) => mine(&order.user_id).and_then(|()| Err(problems::illegal(&order, "be cancelled"))),
            None => Err(Problem::not_found("order")),
        },
    }
}
