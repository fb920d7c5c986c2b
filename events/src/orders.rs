//! What the orders context publishes: source `souk.orders`.

use serde::{Deserialize, Serialize};
use souk_domain::{
    ids::{OrderId, Sku, UserId},
    money::Money,
    order::{CancelReason, Order, OrderStatus},
    quantity::Quantity,
};

/// The event bus source.
pub const SOURCE: &str = "souk.orders";

/// An order reached a status. Nothing of the address or the payment is published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderChanged {
    /// Which order.
    pub order_id: OrderId,
    /// Whose.
    pub user_id: UserId,
    /// The status that it has.
    pub status: OrderStatus,
    /// The order's version then: receivers drop what is older than what they know.
    pub version: u64,
    /// Its total.
    pub total: Money,
    /// What was bought.
    pub lines: Vec<OrderChangedLine>,
    /// Why, where it was cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel_reason: Option<CancelReason>,
}

/// One line of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderChangedLine {
    /// What.
    pub sku: Sku,
    /// How many.
    pub quantity: Quantity,
}

impl OrderChanged {
    /// The event of an order as it is now.
    pub fn of(order: &Order) -> Self {
        Self {
            order_id: order.order_id.clone(),
            user_id: order.user_id.clone(),
            status: order.status,
            version: order.version,
            total: order.total,
            lines: order
                .lines
                .iter()
                .map(|line| OrderChangedLine { sku: line.sku.clone(), quantity: line.quantity })
                .collect(),
            cancel_reason: order.cancel_reason,
        }
    }

    /// The event bus detail types under which it is published that the order is no longer as it was before: those of a
    /// status that it reached.
    pub fn detail_types(before: Option<&Order>, order: &Order) -> &'static [&'static str] {
        match before.filter(|before| before.status == order.status) {
            None => detail_types(order.status, order.cancel_reason),
            Some(_) => &[],
        }
    }
}

/// The detail types under which a status that was reached is published. A cancellation for want of money is
/// published as both: whoever releases things listens to one, whoever writes to the customer to the other.
pub fn detail_types(status: OrderStatus, cancel_reason: Option<CancelReason>) -> &'static [&'static str] {
    match (status, cancel_reason) {
        (OrderStatus::PendingPayment, _) => &["OrderPlaced"],
        (OrderStatus::Confirmed, _) => &["OrderConfirmed"],
        (OrderStatus::Shipped, _) => &["OrderShipped"],
        (OrderStatus::Delivered, _) => &["OrderDelivered"],
        (OrderStatus::Cancelled, Some(reason)) if reason.is_for_want_of_money() => &["OrderCancelled", "PaymentFailed"],
        (OrderStatus::Cancelled, _) => &["OrderCancelled"],
    }
}
