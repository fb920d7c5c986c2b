//! The payment saga, one Lambda for the steps between two of its choices. `statemachines/order.asl.json` joins them; its
//! README tells the story. Each reads the order for itself, and is repeated as a whole: the machine carries the order's id
//! and the last outcome, nothing else.

pub mod authorize_payment;
pub mod cancel_order;
mod commit_reservation;
pub mod confirm_order;
mod ensure_reservation;
pub mod release_reservation;
mod settle_order;
pub mod void_payment;

use serde::{Deserialize, Serialize};
use souk_domain::{
    ids::OrderId,
    order::{CancelReason, Order, OrderStatus},
};
use souk_dynamo::StoreError;
use souk_orders::Orders;
use souk_payments::{PaymentError, gateway::GatewayError};
use souk_runtime::task::TaskError;

/// A step's input.
#[derive(Debug, Clone, Deserialize)]
pub struct StepInput {
    /// The order.
    pub order_id: OrderId,
    /// Why the order is to be cancelled, where an earlier step found a reason.
    #[serde(default)]
    pub reason: Option<CancelReason>,
}

/// What a step answers; the machine's choices read `outcome`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepOutput {
    /// The order.
    pub order_id: OrderId,
    /// What was found or done.
    pub outcome: StepOutcome,
    /// Why the order is to be cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<CancelReason>,
}

/// All answers of all steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepOutcome {
    /// The units or the time are gone: cancel.
    Lost,
    /// The money is held.
    Authorized,
    /// The shopper must act.
    RequiresAction,
    /// No money: cancel.
    Declined,
    /// No money yet: it may be paid by another method until its time is over.
    AwaitsMethod,
    /// A cancelled order has claimed the payment record.
    Fenced,
    /// The order is CONFIRMED or later.
    Confirmed,
    /// The order is CANCELLED: money and stock go back.
    Cancelled,
    /// The units are free.
    Released,
    /// Stock and money have followed the decision.
    Settled,
}

impl StepInput {
    fn answer(self, outcome: StepOutcome) -> StepOutput {
        StepOutput { order_id: self.order_id, outcome, reason: self.reason }
    }

    fn cancel_because(self, outcome: StepOutcome, reason: CancelReason) -> StepOutput {
        StepOutput { order_id: self.order_id, outcome, reason: Some(reason) }
    }
}

/// A row that refuses for a moment: the same step finds it otherwise.
fn try_again(order_id: &OrderId) -> TaskError {
    StoreError::Busy(format!("a row of {order_id} takes no hold right now")).into()
}

/// The order as it stands now.
async fn read(orders: &Orders, order_id: &OrderId) -> Result<Order, TaskError> {
    orders.get(order_id).await?.ok_or_else(|| unknown(order_id))
}

/// The order, for a compensation: those may only ever touch a cancelled order's money and stock.
async fn read_cancelled(orders: &Orders, order_id: &OrderId) -> Result<Order, TaskError> {
    let order = read(orders, order_id).await?;
    match order.status {
        OrderStatus::Cancelled => Ok(order),
        status => Err(TaskError::new("NotCancelled", format!("{order_id} is {status}"))),
    }
}

fn unknown(order_id: &OrderId) -> TaskError {
    TaskError::new("OrderUnknown", format!("there is no order {order_id}"))
}

fn payment_error(error: PaymentError) -> TaskError {
    match error {
        PaymentError::Store(error) => error.into(),
        PaymentError::Gateway(error @ GatewayError::Unavailable(_)) => TaskError::new("GatewayUnavailable", error),
        // Not retried by the machine: an operator must look, and the sweeper tries again meanwhile.
        PaymentError::Gateway(error @ GatewayError::Misconfigured(_)) => TaskError::new("GatewayMisconfigured", error),
        PaymentError::Gateway(error) => TaskError::new("GatewayRefused", error),
        error @ (PaymentError::Inconsistent(_)
        | PaymentError::RefundsExceed(_)
        | PaymentError::AboveAuthorized { .. }) => TaskError::new("PaymentInconsistent", error),
    }
}
