use jiff::{SignedDuration, Timestamp, fmt::serde::timestamp::millisecond};
use serde::{Deserialize, Serialize};
use souk_domain::ids::OrderId;
use souk_dynamo::{Outcome, StoreError, Table, attribute, s};
use souk_wiring::FromEnvironment;

use crate::webhook::WebhookEvent;

/// Much longer than the gateway goes on sending an event again (three days): operators look back.
const RETENTION: SignedDuration = SignedDuration::from_hours(24 * 90);

/// The index of events by order (keys `order_id`, `occurred_at`). Payment records have no
/// `occurred_at`, so it holds events only.
const BY_ORDER: &str = "events-by-order";

/// The gateway's events that were acted upon, in the `payments` table.
#[derive(Debug, Clone, FromEnvironment)]
pub struct SeenEvents {
    #[variable("PAYMENTS_TABLE")]
    table: Table,
}

/// An event that was acted upon. Nothing of the customer is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenEvent {
    /// The gateway's id of the event.
    pub event_id: String,
    /// Such as `payment_intent.succeeded`.
    pub event_type: String,
    /// The order that it was about.
    pub order_id: OrderId,
    /// When it happened there.
    #[serde(with = "millisecond::required")]
    pub occurred_at: Timestamp,
    /// When it was taken here.
    #[serde(with = "millisecond::required")]
    pub taken_at: Timestamp,
}

#[derive(Serialize)]
struct Stored<'a> {
    id: String,
    ttl: i64,
    #[serde(flatten)]
    event: &'a SeenEvent,
}

impl SeenEvents {
    /// The events in this table (key `id`; index `events-by-order`).
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// True where an event was acted upon before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn contains(&self, event_id: &str) -> Result<bool, StoreError> {
        Ok(self.table.get::<serde::de::IgnoredAny>(&[("id", &key(event_id))]).await?.is_some())
    }

    /// Remembers that an event about an order was acted upon.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn mark(&self, event: &WebhookEvent, order_id: &OrderId, now: Timestamp) -> Result<(), StoreError> {
        let seen = SeenEvent {
            event_id: event.id.clone(),
            event_type: event.event_type.clone(),
            order_id: order_id.clone(),
            occurred_at: event.created,
            taken_at: now,
        };
        let stored = Stored { id: key(&event.id), ttl: (now + RETENTION).as_second(), event: &seen };
        match self.table.put_if(&stored, attribute("id").is_absent()).await? {
            Outcome::Written(()) | Outcome::Refused(_) => Ok(()),
        }
    }

    /// The events about an order in the order in which they happened, the first `limit`. Read
    /// eventually: for people to look at.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of_order(&self, order_id: &OrderId, limit: i32) -> Result<Vec<SeenEvent>, StoreError> {
        let answer = self
            .table
            .query()
            .index_name(BY_ORDER)
            .key_condition_expression("order_id = :order")
            .expression_attribute_values(":order", s(order_id.as_str()))
            .limit(limit)
            .send()
            .await
            .map_err(StoreError::from_sdk)?;
        answer.items.unwrap_or_default().into_iter().map(souk_dynamo::decode).collect()
    }
}

fn key(event_id: &str) -> String {
    format!("event#{event_id}")
}
