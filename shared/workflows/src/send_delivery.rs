//! An event is sent to a subscriber.
//!
//! A place among the subscriber's requests is taken, the delivery's item written, the request sent, and both written
//! again. Where the sender dies in between, the lease of both passes, and the sweeper has it sent once more, with the
//! same id: that is what the receiver knows it again by.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use souk_domain::{
    ids::{EventId, WebhookId},
    webhook::{AttemptFailure, DisabledReason, FailureReason, next_attempt},
};
use souk_dynamo::StoreError;
use souk_webhooks::{
    Answer, Attempted, BeginOutcome, Deliveries, EnterOutcome, Entry, EntryResult, Subscribers, Turn, Webhook, Webhooks,
};
use souk_wiring::{Call, FromEnvironment, metrics};

/// How long a delivery waits, at the most, that found no place: long enough for those before it to end.
const PUT_OFF: Duration = Duration::from_secs(120);

/// The subscriptions, what is delivered to them, and the network between.
#[derive(Debug, FromEnvironment)]
pub struct SendDelivery {
    webhooks: Webhooks,
    deliveries: Deliveries,
    subscribers: Subscribers,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendOutcome {
    /// The subscriber has it.
    Delivered,
    /// It does not, and is sent again at this time.
    Again(Timestamp),
    /// It does not, and is not sent again.
    Failed(FailureReason),
    /// As many requests to this subscriber are under way as may be; the delivery waits.
    PutOff,
    /// There is nothing to send: it is done, is not due, or is being sent.
    Nothing,
}

impl SendDelivery {
    /// A use case of these parts.
    pub fn new(webhooks: Webhooks, deliveries: Deliveries, subscribers: Subscribers) -> Self {
        Self { webhooks, deliveries, subscribers }
    }

    /// Sends an event to a subscriber, where that is due.
    ///
    /// # Errors
    /// [`StoreError`]: whoever has the message tries again, and the sweeper does where nobody has.
    pub async fn run(
        &self,
        webhook_id: &WebhookId,
        event_id: &EventId,
        call: &Call,
    ) -> Result<SendOutcome, StoreError> {
        let (entry, webhook) = match self.webhooks.enter(webhook_id, call.now).await? {
            EnterOutcome::Entered(entry, webhook) => (entry, webhook),
            EnterOutcome::Full => return self.put_off(webhook_id, event_id, call.now).await,
            EnterOutcome::Disabled => return self.give_up(webhook_id, event_id, FailureReason::Disabled).await,
            EnterOutcome::Unknown => return self.give_up(webhook_id, event_id, FailureReason::Unsubscribed).await,
        };
        let turn = match self.deliveries.begin(webhook_id, event_id, call.now).await {
            Ok(BeginOutcome::Begun(turn)) => turn,
            Ok(BeginOutcome::NotDue | BeginOutcome::Unknown) => {
                self.leave(&entry, EntryResult::Unused, call.now).await?;
                return Ok(SendOutcome::Nothing);
            }
            Err(error) => {
                self.leave(&entry, EntryResult::Unused, call.now).await?;
                return Err(error);
            }
        };
        self.send(&entry, &webhook, &turn, call.now).await
    }

    async fn send(
        &self,
        entry: &Entry,
        webhook: &Webhook,
        turn: &Turn,
        now: Timestamp,
    ) -> Result<SendOutcome, StoreError> {
        let answer = self.subscribers.send(&webhook.terms.url, &turn.event, webhook.secrets(now), now).await;
        let (attempted, outcome, result) = judged(answer, turn, now);
        // A turn that was overtaken is its successor's to end.
        let _kept = self.deliveries.end(turn, attempted).await?;
        self.leave(entry, result, now).await?;
        Ok(outcome)
    }

    async fn leave(&self, entry: &Entry, result: EntryResult, now: Timestamp) -> Result<(), StoreError> {
        if let Some(reason) = self.webhooks.leave(entry, result, now).await? {
            told_to_operators(reason);
        }
        Ok(())
    }

    async fn put_off(
        &self,
        webhook_id: &WebhookId,
        event_id: &EventId,
        now: Timestamp,
    ) -> Result<SendOutcome, StoreError> {
        let pause = SignedDuration::try_from(PUT_OFF.mul_f64(fastrand::f64())).unwrap_or_default();
        let is_put_off = self.deliveries.put_off(webhook_id, event_id, now + pause, now).await?;
        Ok(if is_put_off { SendOutcome::PutOff } else { SendOutcome::Nothing })
    }

    async fn give_up(
        &self,
        webhook_id: &WebhookId,
        event_id: &EventId,
        reason: FailureReason,
    ) -> Result<SendOutcome, StoreError> {
        let was_pending = self.deliveries.give_up(webhook_id, event_id, reason).await?;
        Ok(if was_pending { SendOutcome::Failed(reason) } else { SendOutcome::Nothing })
    }
}

/// What an answer makes of the delivery and of the subscription.
fn judged(answer: Answer, turn: &Turn, now: Timestamp) -> (Attempted, SendOutcome, EntryResult) {
    let (failure, status, retry_after) = match answer {
        Answer::Delivered { status } => {
            return (Attempted::Delivered { status }, SendOutcome::Delivered, EntryResult::Delivered);
        }
        Answer::Gone => {
            let (reason, failure, status) = (FailureReason::Gone, AttemptFailure::Status, Some(410));
            let attempted = Attempted::Failed { reason, failure, status };
            return (attempted, SendOutcome::Failed(reason), EntryResult::Gone);
        }
        Answer::Refused { status, retry_after } => (AttemptFailure::Status, Some(status), retry_after),
        Answer::None(failure) => (failure, None, None),
    };
    match next_attempt(turn.tries, turn.since, now, retry_after, fastrand::f64()) {
        Some(at) => (Attempted::Again { at, failure, status }, SendOutcome::Again(at), EntryResult::Failed),
        None => {
            let reason = FailureReason::GivenUp;
            (Attempted::Failed { reason, failure, status }, SendOutcome::Failed(reason), EntryResult::Failed)
        }
    }
}

/// An alarm counts them.
fn told_to_operators(reason: DisabledReason) {
    tracing::warn!(reason = reason.as_str(), "a webhook was disabled");
    metrics::emit("webhooks", "Count", &[("disabled", 1.0)]);
}
