//! Stripe's webhooks: what one is about.
//!
//! An event is a hint to look, never a fact to write down: its receiver starts the saga, which asks the gateway.

use jiff::Timestamp;
use serde::Deserialize;
use souk_domain::ids::OrderId;

/// A webhook event that really is from the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookEvent {
    /// The event's id: the same for every delivery of it.
    pub id: String,
    /// Such as `payment_intent.succeeded`.
    pub event_type: String,
    /// The order that it is about; none for objects that are not of our making.
    pub order_id: Option<OrderId>,
    /// The intent that it is about.
    pub intent_id: Option<String>,
    /// When it happened. Events may arrive in any order.
    pub created: Timestamp,
}

impl WebhookEvent {
    /// True where it is about money that goes back, and nothing else of the payment has changed.
    pub fn is_about_refunds(&self) -> bool {
        ["refund.", "charge.refund"].iter().any(|prefix| self.event_type.starts_with(prefix))
    }
}

/// A body that is no event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the body is not an event")]
pub struct NoEvent;

/// Reads a webhook whose signature was found good ([`souk_domain::signature`]).
///
/// # Errors
/// [`NoEvent`].
pub fn read(raw_body: &[u8]) -> Result<WebhookEvent, NoEvent> {
    serde_json::from_slice::<EventObject>(raw_body).ok().and_then(EventObject::into_event).ok_or(NoEvent)
}

#[derive(Deserialize)]
struct EventObject {
    id: String,
    #[serde(rename = "type")]
    event_type: String,
    created: i64,
    data: EventData,
}

#[derive(Deserialize)]
struct EventData {
    object: Subject,
}

/// The object that the event is about: an intent, or something that points at one.
#[derive(Deserialize)]
struct Subject {
    id: Option<String>,
    object: Option<String>,
    payment_intent: Option<String>,
    metadata: Option<Metadata>,
}

#[derive(Deserialize)]
struct Metadata {
    order_id: Option<String>,
}

impl EventObject {
    fn into_event(self) -> Option<WebhookEvent> {
        let subject = self.data.object;
        let is_intent = subject.object.as_deref() == Some("payment_intent");
        Some(WebhookEvent {
            id: self.id,
            event_type: self.event_type,
            order_id: subject.metadata.and_then(|metadata| metadata.order_id).and_then(|id| id.parse().ok()),
            intent_id: if is_intent { subject.id } else { subject.payment_intent },
            created: Timestamp::from_second(self.created).ok()?,
        })
    }
}

#[cfg(test)]
mod tests;
