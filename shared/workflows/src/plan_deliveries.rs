//! What happened to an order is planned to be told to each subscriber that wants to know.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{
    ids::{EventId, OrderId, Sku, WarehouseId},
    money::Money,
    order::{CancelReason, OrderStatus},
    webhook::{DeliveryState, EventType},
};
use souk_dynamo::StoreError;
use souk_events::orders::{OrderChanged, OrderChangedLine, OrderLeft, UnitsMissing};
use souk_webhooks::{Deliveries, Event, PlanOutcome, Webhooks};
use souk_wiring::{Call, FromEnvironment, SendError};
use utoipa::ToSchema;

use crate::DeliveryQueue;

/// The subscriptions, and what is delivered to them.
#[derive(Debug, FromEnvironment)]
pub struct PlanDeliveries {
    webhooks: Webhooks,
    deliveries: Deliveries,
    queue: DeliveryQueue,
}

/// How many subscribers are told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Planned {
    /// That was planned now.
    pub now: usize,
    /// That was known.
    pub before: usize,
}

/// An event that is not planned for all of them; whoever has it tries again.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The queue did.
    #[error(transparent)]
    Send(#[from] SendError),
}

/// What subscribers are told of an order: what the bus tells, but for whose it is. Nobody outside can look that id up,
/// and it is a person's.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderData<'a> {
    /// Which order.
    order_id: &'a OrderId,
    /// The status that it has.
    status: OrderStatus,
    /// The order's version then: events may come out of order.
    version: u64,
    /// Its total.
    total: Money,
    /// What was bought.
    lines: &'a [OrderChangedLine],
    /// Why, where it was cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    cancel_reason: Option<CancelReason>,
}

/// What subscribers are told of missing units, as [`OrderData`].
#[derive(Debug, Serialize, ToSchema)]
pub struct ShortageData<'a> {
    /// Which order.
    order_id: &'a OrderId,
    /// The order's version then.
    version: u64,
    /// Where units should have been.
    warehouse_id: &'a WarehouseId,
    /// What.
    sku: &'a Sku,
    /// How many.
    quantity: u32,
    /// What they would have cost.
    amount: Money,
    /// What the order has left. Absent from events that were published before they told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    left: Option<&'a OrderLeft>,
}

/// A shortage as subscribers are told of it: what is missing, and what the order has left. Its id follows from its number.
///
/// # Errors
/// [`StoreError::Corrupt`] where it has no JSON.
pub fn event_of_shortage(missing: &UnitsMissing, happened_at: Timestamp) -> Result<Event, StoreError> {
    let UnitsMissing { order_id, user_id: _, version, shortage, warehouse_id, sku, quantity, amount, left } = missing;
    let data = ShortageData {
        order_id,
        version: *version,
        warehouse_id,
        sku,
        quantity: *quantity,
        amount: *amount,
        left: left.as_ref(),
    };
    Event::new(EventId::of_shortage(order_id, *shortage), EventType::OrderUnitsMissing, happened_at, &data)
}

/// An order's event as subscribers are told of it. Its id follows from what happened, so one that is published twice
/// is one event.
///
/// # Errors
/// [`StoreError::Corrupt`] where it has no JSON.
pub fn event_of(event_type: EventType, order: &OrderChanged, happened_at: Timestamp) -> Result<Event, StoreError> {
    let OrderChanged { order_id, user_id: _, status, version, total, lines, cancel_reason } = order;
    let data =
        OrderData { order_id, status: *status, version: *version, total: *total, lines, cancel_reason: *cancel_reason };
    Event::new(EventId::of_order(event_type, order_id, *version), event_type, happened_at, &data)
}

impl PlanDeliveries {
    /// A use case of these parts.
    pub fn new(webhooks: Webhooks, deliveries: Deliveries, queue: DeliveryQueue) -> Self {
        Self { webhooks, deliveries, queue }
    }

    /// Plans the delivery of an event to each subscription that wants it, and has them sent. Repeating it plans nothing
    /// more.
    ///
    /// # Errors
    /// [`PlanError`].
    pub async fn run(&self, event: &Event, call: &Call) -> Result<Planned, PlanError> {
        let mut planned = Planned::default();
        let all = self.webhooks.all().await?;
        for webhook in all.iter().filter(|webhook| webhook.wants(event.event_type)) {
            match self.deliveries.plan(&webhook.webhook_id, event, call.now).await? {
                PlanOutcome::Planned => planned.now += 1,
                PlanOutcome::Known(state) => {
                    planned.before += 1;
                    if state != DeliveryState::Pending {
                        continue;
                    }
                }
            }
            // Also of what was known: whoever planned it may have died before this.
            self.queue.add(&webhook.webhook_id, &event.event_id).await?;
        }
        Ok(planned)
    }
}
