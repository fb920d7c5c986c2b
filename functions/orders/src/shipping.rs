//! Shipping an order: take the money, then say that it has left. The warehouse's call and the sweeper
//! that resumes a call that died do the same.

use jiff::Timestamp;
use souk_domain::{
    ids::OrderId,
    order::{Order, OrderStatus},
    payment::PaymentState,
};
use souk_dynamo::StoreError;
use souk_orders::Orders;
use souk_payments::{CaptureOutcome, PaymentError, PaymentRecords, capture, gateway::Gateway};

/// How shipping ended.
#[derive(Debug)]
pub(crate) enum ShipOutcome {
    /// It has left, now or before.
    Shipped(Box<Order>),
    /// It stands where it cannot be shipped; where money was taken, the saga gives it back.
    Illegal(OrderStatus),
    /// The payment stands where nothing can be taken.
    NotAuthorized(PaymentState),
    /// The gateway no longer holds the money.
    Lapsed,
    /// The gateway would not take it; the order stays confirmed.
    CaptureRefused {
        code: String,
        message: String,
    },
    Unknown,
}

/// A shipment that could not be finished; the sweeper resumes it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ShipError {
    #[error(transparent)]
    Payment(#[from] PaymentError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Ships a confirmed order whose parcels are planned (steps "ship 1" to "ship 3").
pub(crate) async fn ship<G: Gateway>(
    orders: &Orders,
    payments: &PaymentRecords,
    gateway: &G,
    order_id: &OrderId,
    now: Timestamp,
) -> Result<ShipOutcome, ShipError> {
    let Some(order) = orders.get(order_id).await? else { return Ok(ShipOutcome::Unknown) };
    let outcome = match order.status {
        OrderStatus::Confirmed => take_and_ship(orders, payments, gateway, order_id, now).await?,
        status if status.has_left() => ShipOutcome::Shipped(Box::new(order)),
        status => ShipOutcome::Illegal(status),
    };
    payments.end_capture(order_id, matches!(outcome, ShipOutcome::Shipped(_))).await?;
    Ok(outcome)
}

async fn take_and_ship<G: Gateway>(
    orders: &Orders,
    payments: &PaymentRecords,
    gateway: &G,
    order_id: &OrderId,
    now: Timestamp,
) -> Result<ShipOutcome, ShipError> {
    match capture(payments, gateway, order_id, now).await? {
        CaptureOutcome::Captured => {}
        CaptureOutcome::NotAuthorized(state) => return Ok(ShipOutcome::NotAuthorized(state)),
        CaptureOutcome::Lapsed => return Ok(ShipOutcome::Lapsed),
        CaptureOutcome::Refused { code, message } => return Ok(ShipOutcome::CaptureRefused { code, message }),
    }
    Ok(match orders.ship(order_id, now).await? {
        Ok(order) => ShipOutcome::Shipped(Box::new(order)),
        Err(Some(order)) if order.status.has_left() => ShipOutcome::Shipped(order),
        // Cancelled between capture and here: the goods stay, and the saga refunds.
        Err(Some(order)) => ShipOutcome::Illegal(order.status),
        Err(None) => ShipOutcome::Unknown,
    })
}
