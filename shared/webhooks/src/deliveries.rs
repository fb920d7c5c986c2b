//! What is delivered to whom: one item for an event and a subscription, written when it is planned, before it is sent,
//! and after.
//!
//! `due_at` says when it may be sent, and is the sender's lease while it is being sent; `sweep_at` when the sweeper brings
//! it back, whatever became of its message.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use souk_domain::{
    ids::{EventId, WebhookId},
    webhook::{AttemptFailure, DeliveryState, EventType, FailureReason},
};
use souk_dynamo::{Condition, Item, Outcome, Page, StoreError, Table, TimeIndex, Update, attribute, n, s};
use souk_wiring::FromEnvironment;

use crate::{
    Delivery, Event, LEASE,
    delivery::{DeliveryRecord, shard},
};

/// How long a message may be on its way before the sweeper sends another one.
pub const SWEPT_AFTER: SignedDuration = SignedDuration::from_mins(15);

const PENDING: TimeIndex = TimeIndex { name: "pending", shard: "pending", time: "sweep_at" };

/// The `webhook-deliveries` table (keys `webhook_id` and `event_id`).
#[derive(Debug, Clone, FromEnvironment)]
pub struct Deliveries {
    #[variable("WEBHOOK_DELIVERIES_TABLE")]
    pub(crate) table: Table,
}

/// How planning ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum PlanOutcome {
    /// It is planned.
    Planned,
    /// It was planned before, and stands so.
    Known(DeliveryState),
}

/// The right to send a delivery, until its lease has passed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Turn {
    /// To whom.
    pub webhook_id: WebhookId,
    /// What, as it is signed and sent.
    pub event: Event,
    /// Attempts since it was planned or replayed, this one included.
    pub tries: u32,
    /// When it was planned or replayed.
    pub since: Timestamp,
    version: u64,
}

/// How beginning to send ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum BeginOutcome {
    /// The caller sends it.
    Begun(Box<Turn>),
    /// It is not due, is being sent, or is pending no more.
    NotDue,
    /// There is no such delivery.
    Unknown,
}

/// What an attempt came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempted {
    /// The subscriber has answered with this status.
    Delivered {
        /// 2xx.
        status: u16,
    },
    /// It is tried again.
    Again {
        /// When.
        at: Timestamp,
        /// Why.
        failure: AttemptFailure,
        /// The answer's status, where there was one.
        status: Option<u16>,
    },
    /// It is tried no more.
    Failed {
        /// Why.
        reason: FailureReason,
        /// What was wrong with this attempt.
        failure: AttemptFailure,
        /// The answer's status, where there was one.
        status: Option<u16>,
    },
}

/// How a replay ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum ReplayOutcome {
    /// It is pending again.
    Replayed(Delivery),
    /// It was pending.
    Pending(Delivery),
    /// There is no such delivery.
    Unknown,
}

/// What a sender needs of the item.
#[derive(Deserialize)]
struct TurnRecord {
    webhook_id: WebhookId,
    event_id: EventId,
    event_type: EventType,
    body: String,
    tries: u32,
    #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
    since: Timestamp,
    version: u64,
}

#[derive(Deserialize)]
struct Key {
    webhook_id: WebhookId,
    event_id: EventId,
}

fn key<'a>(webhook_id: &'a WebhookId, event_id: &'a EventId) -> [(&'static str, &'a str); 2] {
    [("webhook_id", webhook_id.as_str()), ("event_id", event_id.as_str())]
}

fn is_pending() -> Condition {
    attribute("state").equals(s(DeliveryState::Pending.as_str()))
}

fn millis(at: Timestamp) -> souk_dynamo::AttributeValue {
    n(at.as_millisecond())
}

/// It is pending no more.
fn ended(update: Update, state: DeliveryState) -> Update {
    update.set("state", s(state.as_str())).remove("due_at").remove("pending").remove("sweep_at")
}

impl Deliveries {
    /// The deliveries in this table.
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// Plans the delivery of an event to a subscription. Condition: it was not planned before.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn plan(&self, webhook_id: &WebhookId, event: &Event, now: Timestamp) -> Result<PlanOutcome, StoreError> {
        let record = DeliveryRecord::planned(webhook_id, event, now, now + SWEPT_AFTER);
        match self.table.put_if(&record, attribute("event_id").is_absent()).await? {
            Outcome::Written(()) => Ok(PlanOutcome::Planned),
            Outcome::Refused(Some(item)) => Ok(PlanOutcome::Known(souk_dynamo::decode::<Delivery>(item)?.state)),
            Outcome::Refused(None) => Err(StoreError::corrupt("a refused put brought no delivery")),
        }
    }

    /// Takes the turn to send a delivery, which counts as an attempt. Condition: it is pending and due.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; the delivery is due again after its lease.
    pub async fn begin(
        &self,
        webhook_id: &WebhookId,
        event_id: &EventId,
        now: Timestamp,
    ) -> Result<BeginOutcome, StoreError> {
        let update = Update::new()
            .set("due_at", millis(now + LEASE))
            .set("sweep_at", millis(now + LEASE))
            .set("last_attempt_at", millis(now))
            .add("attempts", n(1))
            .add("tries", n(1))
            .add("version", n(1))
            .when(is_pending())
            .when(attribute("due_at").is_at_most(millis(now)));
        Ok(match self.table.update(&key(webhook_id, event_id), update).await? {
            Outcome::Refused(None) => BeginOutcome::Unknown,
            Outcome::Refused(Some(_)) => BeginOutcome::NotDue,
            Outcome::Written(item) => {
                let TurnRecord { webhook_id, event_id, event_type, body, tries, since, version } =
                    souk_dynamo::decode(item)?;
                let event = Event { event_id, event_type, body };
                BeginOutcome::Begun(Box::new(Turn { webhook_id, event, tries, since, version }))
            }
        })
    }

    /// Ends a turn; false where the lease had passed and somebody else has taken it up. Condition: the turn is still the
    /// caller's.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown: then it is sent once more after the lease.
    pub async fn end(&self, turn: &Turn, attempted: Attempted) -> Result<bool, StoreError> {
        let update = Update::new().add("version", n(1)).when(attribute("version").equals(n(turn.version)));
        let told = |update: Update, failure: AttemptFailure, status: Option<u16>| {
            let update = update.set("last_failure", s(failure.as_str()));
            match status {
                Some(status) => update.set("last_status", n(status)),
                None => update.remove("last_status"),
            }
        };
        let update = match attempted {
            Attempted::Delivered { status } => {
                ended(update, DeliveryState::Delivered).set("last_status", n(status)).remove("last_failure")
            }
            Attempted::Again { at, failure, status } => {
                told(update, failure, status).set("due_at", millis(at)).set("sweep_at", millis(at))
            }
            Attempted::Failed { reason, failure, status } => {
                ended(told(update, failure, status), DeliveryState::Failed).set("failed", s(reason.as_str()))
            }
        };
        Ok(self.table.update(&key(&turn.webhook_id, &turn.event.event_id), update).await?.is_written())
    }

    /// Puts a delivery off that found no place among its subscriber's requests; it is no attempt. Condition: it is
    /// pending and due.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn put_off(
        &self,
        webhook_id: &WebhookId,
        event_id: &EventId,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let update = Update::new()
            .set("due_at", millis(until))
            .set("sweep_at", millis(until))
            .add("version", n(1))
            .when(is_pending())
            .when(attribute("due_at").is_at_most(millis(now)));
        Ok(self.table.update(&key(webhook_id, event_id), update).await?.is_written())
    }

    /// Gives a delivery up that nobody wants any more. Condition: it is pending.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn give_up(
        &self,
        webhook_id: &WebhookId,
        event_id: &EventId,
        reason: FailureReason,
    ) -> Result<bool, StoreError> {
        let update = ended(Update::new(), DeliveryState::Failed)
            .set("failed", s(reason.as_str()))
            .add("version", n(1))
            .when(is_pending());
        Ok(self.table.update(&key(webhook_id, event_id), update).await?.is_written())
    }

    /// Makes a delivery pending again, as if it had just been planned. Condition: it is not pending.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn replay(
        &self,
        webhook_id: &WebhookId,
        event_id: &EventId,
        now: Timestamp,
    ) -> Result<ReplayOutcome, StoreError> {
        let update = Update::new()
            .set("state", s(DeliveryState::Pending.as_str()))
            .set("tries", n(0))
            .set("since", millis(now))
            .set("due_at", millis(now))
            // By the sweeper's next run.
            .set("sweep_at", millis(now))
            .set("pending", s(shard(event_id)))
            .remove("failed")
            .add("version", n(1))
            .when(attribute("event_id").exists())
            .when(!is_pending());
        Ok(match self.table.update(&key(webhook_id, event_id), update).await? {
            Outcome::Written(item) => ReplayOutcome::Replayed(souk_dynamo::decode(item)?),
            Outcome::Refused(Some(item)) => ReplayOutcome::Pending(souk_dynamo::decode(item)?),
            Outcome::Refused(None) => ReplayOutcome::Unknown,
        })
    }

    /// One delivery.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn get(&self, webhook_id: &WebhookId, event_id: &EventId) -> Result<Option<Delivery>, StoreError> {
        self.table.get(&key(webhook_id, event_id)).await
    }

    /// A page of what the sweeper has to bring in one partition of the index.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn overdue(
        &self,
        shard: &str,
        now: Timestamp,
        after: Option<Item>,
    ) -> Result<Page<(WebhookId, EventId)>, StoreError> {
        let page = self.table.overdue::<Key>(PENDING, shard, now.as_millisecond() + 1, after).await?;
        Ok(page.map(|key| (key.webhook_id, key.event_id)))
    }

    /// Takes it upon itself to send the message of an overdue delivery; false where somebody else has. Condition: it
    /// is pending and overdue.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn bring(&self, webhook_id: &WebhookId, event_id: &EventId, now: Timestamp) -> Result<bool, StoreError> {
        let update = Update::new()
            .set("sweep_at", millis(now + SWEPT_AFTER))
            .when(is_pending())
            .when(attribute("sweep_at").is_at_most(millis(now)));
        Ok(self.table.update(&key(webhook_id, event_id), update).await?.is_written())
    }
}
