//! Refunds as operators see them.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{
    ids::{OrderId, RefundId, UserId},
    money::Money,
    payment::{PaymentState, Refund, RefundOrigin, RefundReason, RefundState},
};
use souk_payments::PaymentRecord;
use utoipa::ToSchema;

/// Who or what wanted a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RefundOrigin)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum By {
    /// An operator of this shop.
    Operator,
    /// The shop by itself.
    System,
    /// The order's cancellation.
    Cancellation,
    /// Somebody at the gateway, past this shop.
    Gateway,
}

/// Money that goes back to a shopper.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Refund)]
pub(crate) struct RefundView<'a> {
    refund_id: &'a RefundId,
    amount: Money,
    /// One that has succeeded may still fail, days later.
    state: RefundState,
    by: By,
    #[serde(skip_serializing_if = "Option::is_none")]
    operator_id: Option<&'a UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<RefundReason>,
    /// What the operator wrote for other staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
    /// The failed refund that it is a new attempt of; who wanted that one, and why, stands above.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_of: Option<&'a RefundId>,
    /// The operator who tried again.
    #[serde(skip_serializing_if = "Option::is_none")]
    retried_by: Option<&'a UserId>,
    /// The gateway's id of it, once it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    gateway_id: Option<&'a str>,
    /// The gateway's code of why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure_code: Option<&'a str>,
    /// When it was wanted.
    asked_at: Timestamp,
    /// When it reached its state.
    changed_at: Timestamp,
}

/// An order's refunds, and what is left to be refunded.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrderRefunds)]
pub(crate) struct OrderRefundsView<'a> {
    order_id: &'a OrderId,
    payment_status: PaymentState,
    /// What was taken; absent where nothing was.
    #[serde(skip_serializing_if = "Option::is_none")]
    captured: Option<Money>,
    /// What goes back of it: all refunds that have not failed; absent while nothing is known of a payment.
    #[serde(skip_serializing_if = "Option::is_none")]
    refunded: Option<Money>,
    /// What can still be refunded; absent where nothing was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    refundable: Option<Money>,
    /// In the order in which they were wanted.
    refunds: Vec<RefundView<'a>>,
}

impl<'a> From<&'a Refund> for RefundView<'a> {
    fn from(refund: &'a Refund) -> Self {
        let (by, operator_id, reason, note) = match &refund.origin {
            RefundOrigin::Operator { operator_id, reason, note } => {
                (By::Operator, Some(operator_id), Some(*reason), note.as_ref())
            }
            RefundOrigin::System { reason } => (By::System, None, Some(*reason), None),
            RefundOrigin::Cancellation => (By::Cancellation, None, None, None),
            RefundOrigin::Gateway => (By::Gateway, None, None, None),
        };
        Self {
            refund_id: &refund.refund_id,
            amount: refund.amount,
            state: refund.state,
            by,
            operator_id,
            reason,
            note: note.map(|note| note.as_str()),
            retry_of: refund.retry.as_ref().map(|retry| &retry.of),
            retried_by: refund.retry.as_ref().map(|retry| &retry.by),
            gateway_id: refund.gateway_id.as_deref(),
            failure_code: refund.failure_code.as_deref(),
            asked_at: refund.asked_at,
            changed_at: refund.changed_at,
        }
    }
}

impl<'a> OrderRefundsView<'a> {
    /// Of an order's payment; an order has no record before its saga has begun.
    pub(crate) fn of(order_id: &'a OrderId, record: Option<&'a PaymentRecord>) -> Self {
        Self {
            order_id,
            payment_status: record.map_or(PaymentState::Intent, |record| record.state),
            captured: record.and_then(PaymentRecord::captured),
            refunded: record.map(PaymentRecord::refunded),
            refundable: record.and_then(PaymentRecord::refundable),
            refunds: record.into_iter().flat_map(|record| record.refunds.iter()).map(RefundView::from).collect(),
        }
    }
}
