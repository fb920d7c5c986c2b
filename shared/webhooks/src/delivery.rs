use jiff::{SignedDuration, Timestamp, fmt::serde::timestamp::millisecond};
use serde::{Deserialize, Serialize};
use souk_domain::{
    ids::{EventId, WebhookId},
    webhook::{AttemptFailure, DeliveryState, EventType, FailureReason},
};

use crate::Event;

/// How many partitions the index of what is pending has.
pub const SWEEP_SHARDS: u8 = 16;
/// How long it is known what was delivered.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The delivery of an event to a subscription, as operators see it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Delivery {
    /// To whom.
    pub webhook_id: WebhookId,
    /// What.
    pub event_id: EventId,
    /// Of which type.
    pub event_type: EventType,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it was sent, replays included.
    pub attempts: u32,
    /// When it was planned.
    #[serde(with = "millisecond::required")]
    pub planned_at: Timestamp,
    /// When it was sent last.
    #[serde(default, with = "millisecond::optional")]
    pub last_attempt_at: Option<Timestamp>,
    /// The status of the last answer, where there was one.
    #[serde(default)]
    pub last_status: Option<u16>,
    /// Why the last attempt did not deliver.
    #[serde(default)]
    pub last_failure: Option<AttemptFailure>,
    /// When it is sent next, where it is pending.
    #[serde(default, with = "millisecond::optional")]
    pub due_at: Option<Timestamp>,
    /// Why it is tried no more, where it has failed.
    #[serde(default)]
    pub failed: Option<FailureReason>,
}

/// As it is stored, when it is planned.
#[derive(Debug, Serialize)]
pub(crate) struct DeliveryRecord<'a> {
    webhook_id: &'a WebhookId,
    event_id: &'a EventId,
    event_type: EventType,
    body: &'a str,
    state: DeliveryState,
    attempts: u32,
    /// Attempts since it was planned or replayed.
    tries: u32,
    #[serde(with = "millisecond::required")]
    planned_at: Timestamp,
    /// When it was planned or replayed.
    #[serde(with = "millisecond::required")]
    since: Timestamp,
    /// The order of the list.
    place: String,
    #[serde(with = "millisecond::required")]
    due_at: Timestamp,
    /// The partition of the index of what is pending.
    pending: String,
    #[serde(with = "millisecond::required")]
    sweep_at: Timestamp,
    version: u64,
    /// In seconds: DynamoDB's own.
    ttl: i64,
}

impl<'a> DeliveryRecord<'a> {
    /// A delivery that is due at once.
    pub(crate) fn planned(webhook_id: &'a WebhookId, event: &'a Event, now: Timestamp, sweep_at: Timestamp) -> Self {
        Self {
            webhook_id,
            event_id: &event.event_id,
            event_type: event.event_type,
            body: &event.body,
            state: DeliveryState::Pending,
            attempts: 0,
            tries: 0,
            planned_at: now,
            since: now,
            place: place(now, &event.event_id),
            due_at: now,
            pending: shard(&event.event_id),
            sweep_at,
            version: 1,
            ttl: (now + KEPT).as_second(),
        }
    }
}

/// Where a delivery stands in the list of its subscription's: in the order of time, and unique.
pub(crate) fn place(planned_at: Timestamp, event_id: &EventId) -> String {
    format!("{:013}#{event_id}", planned_at.as_millisecond())
}

/// The partition in which an event's deliveries are pending.
pub(crate) fn shard(event_id: &EventId) -> String {
    let last = event_id.as_str().bytes().last().unwrap_or_default();
    sweep_shard_name(char::from(last).to_digit(16).and_then(|digit| u8::try_from(digit).ok()).unwrap_or_default())
}

/// The name of a partition of the index of what is pending.
pub fn sweep_shard_name(shard: u8) -> String {
    format!("pending#{shard}")
}
