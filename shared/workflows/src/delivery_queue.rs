//! The queue of deliveries that are due.

use souk_domain::ids::{EventId, WebhookId};
use souk_events::webhooks::DeliveryDue;
use souk_wiring::{FromEnvironment, SendError, Sender};

/// The queue that the senders read.
#[derive(Debug, Clone, FromEnvironment)]
pub struct DeliveryQueue(#[variable("DELIVERIES_URL")] Sender);

impl DeliveryQueue {
    /// Has a delivery sent.
    ///
    /// # Errors
    /// [`SendError`]: the sweeper makes up for a message that was not sent.
    pub async fn add(&self, webhook_id: &WebhookId, event_id: &EventId) -> Result<(), SendError> {
        let due = DeliveryDue { webhook_id: webhook_id.clone(), event_id: event_id.clone() };
        self.0.send(&due, 0).await
    }
}
