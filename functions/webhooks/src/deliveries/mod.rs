//! What was sent to a subscriber, and what is sent again.

pub mod list_deliveries;
pub mod ping_webhook;
pub mod replay_deliveries;
pub mod replay_delivery;

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{
    ids::EventId,
    webhook::{AttemptFailure, DeliveryState, EventType, FailureReason},
};
use souk_runtime::http::{Problem, problem::catalogue::WebhookDisabled};
use souk_webhooks::Delivery;
use souk_workflows::replay_deliveries::Replay;
use utoipa::ToSchema;

use crate::operator::no_such_webhook;

/// The delivery of an event.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Delivery)]
struct DeliveryView {
    event_id: EventId,
    event_type: EventType,
    state: DeliveryState,
    /// How often it was sent, replays included.
    attempts: u32,
    planned_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_attempt_at: Option<Timestamp>,
    /// The status of the last answer; absent where there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_status: Option<u16>,
    /// Why the last attempt did not deliver.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_failure: Option<AttemptFailure>,
    /// When it is sent next, where it is pending: by the minute after.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_attempt_at: Option<Timestamp>,
    /// Why it is tried no more, where it has failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure_reason: Option<FailureReason>,
}

impl From<&Delivery> for DeliveryView {
    fn from(delivery: &Delivery) -> Self {
        Self {
            event_id: delivery.event_id.clone(),
            event_type: delivery.event_type,
            state: delivery.state,
            attempts: delivery.attempts,
            planned_at: delivery.planned_at,
            last_attempt_at: delivery.last_attempt_at,
            last_status: delivery.last_status,
            last_failure: delivery.last_failure,
            next_attempt_at: delivery.due_at,
            failure_reason: delivery.failed,
        }
    }
}

/// What is pending again, or why nothing is.
fn replayed<T>(outcome: Replay<T>) -> Result<T, Problem> {
    match outcome {
        Replay::Pending(pending) => Ok(pending),
        Replay::Disabled => Err(Problem::new(WebhookDisabled, "Nothing is sent to it.")),
        Replay::UnknownWebhook => Err(no_such_webhook()),
        Replay::UnknownDelivery => Err(Problem::not_found("delivery")),
    }
}
