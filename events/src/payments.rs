//! What the payments context publishes: source `souk.payments`.

use serde::{Deserialize, Serialize};
use souk_domain::{
    ids::{OrderId, RefundId},
    money::Money,
    payment::RefundState,
};

/// The event bus source.
pub const SOURCE: &str = "souk.payments";

/// Under which a shopper's challenge is published.
pub const ACTION_REQUIRED: &str = "PaymentActionRequired";

/// A refund has ended: `RefundSucceeded` or `RefundFailed`. One that succeeded may still fail, days later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundEnded {
    /// Of which order.
    pub order_id: OrderId,
    /// Which refund.
    pub refund_id: RefundId,
    /// How much.
    pub amount: Money,
    /// The payment's version then: receivers drop what is older than what they know.
    pub version: u64,
}

/// An order's payment waits for its shopper. What they need for it travels in no event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionRequired {
    /// Which order.
    pub order_id: OrderId,
    /// The payment's version then.
    pub version: u64,
}

/// The detail type under which it is published that a refund has reached a state, where it is.
pub fn detail_type(state: RefundState) -> Option<&'static str> {
    match state {
        RefundState::Pending => None,
        RefundState::Succeeded => Some("RefundSucceeded"),
        RefundState::Failed => Some("RefundFailed"),
    }
}
