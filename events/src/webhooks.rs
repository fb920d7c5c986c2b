//! Messages of the webhooks context to itself.

use serde::{Deserialize, Serialize};
use souk_domain::ids::{EventId, WebhookId};

/// An event is to be sent to a subscriber.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryDue {
    /// To whom.
    pub webhook_id: WebhookId,
    /// What.
    pub event_id: EventId,
}
