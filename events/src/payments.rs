//! What the payments context publishes: source `souk.payments`.

use serde::{Deserialize, Serialize};
use souk_domain::{
    ids::{OrderId, RefundId},
    money::Money,
    payment::RefundState,
};
use utoipa::ToSchema;

/// The event bus source.
pub const SOURCE: &str = "souk.payments";

/// Under which a shopper's challenge is published.
pub const ACTION_REQUIRED: &str = "PaymentActionRequired";

/// Under which it is published that a refund has succeeded.
pub const REFUND_SUCCEEDED: &str = "RefundSucceeded";

/// Under which it is published that a refund has failed.
pub const REFUND_FAILED: &str = "RefundFailed";

/// A refund has ended: `RefundSucceeded` or `RefundFailed`. One that succeeded may still fail, days later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
        RefundState::Succeeded => Some(REFUND_SUCCEEDED),
        RefundState::Failed => Some(REFUND_FAILED),
    }
}
