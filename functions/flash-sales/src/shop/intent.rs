use serde::Serialize;
use souk_domain::{
    flash_sale::IntentId,
    ids::OrderId,
    order::{CancelReason, Order, OrderStatus},
};
use utoipa::ToSchema;

/// Where an intent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum IntentStatus {
    /// A unit is claimed; its order is on its way.
    Queued,
    /// The order is placed and not paid yet.
    Ordered,
    /// The money is held: the unit is the shopper's.
    Paid,
    /// The order was cancelled, or its payment declined.
    Cancelled,
    /// The order was not made, or not paid, in time.
    Expired,
}

impl IntentStatus {
    pub(super) fn of(order: &Order) -> Self {
        match (order.status, order.cancel_reason) {
            (OrderStatus::PendingPayment, _) => Self::Ordered,
            (OrderStatus::Confirmed | OrderStatus::Shipped | OrderStatus::Delivered, _) => Self::Paid,
            (OrderStatus::Cancelled, Some(CancelReason::ClaimExpired | CancelReason::PaymentExpired)) => Self::Expired,
            (OrderStatus::Cancelled, _) => Self::Cancelled,
        }
    }
}

/// An intent as its shopper sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Intent)]
pub(super) struct IntentView<'a> {
    intent_id: &'a IntentId,
    status: IntentStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    order_id: Option<&'a OrderId>,
}

impl<'a> IntentView<'a> {
    pub(super) fn queued(intent_id: &'a IntentId) -> Self {
        Self { intent_id, status: IntentStatus::Queued, order_id: None }
    }

    pub(super) fn of(intent_id: &'a IntentId, order: &'a Order) -> Self {
        Self { intent_id, status: IntentStatus::of(order), order_id: Some(&order.order_id) }
    }
}
