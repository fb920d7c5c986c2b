//! How many requests to one subscriber are under way: no more than there are places. So one that is slow takes a
//! bounded part of the senders, and the others are told in time.

use jiff::Timestamp;
use souk_domain::{
    ids::WebhookId,
    webhook::{DISABLED_AFTER, DisabledReason},
};
use souk_dynamo::{Outcome, StoreError, Update, attribute, n};

use crate::{
    LEASE, Webhook, Webhooks,
    webhook::WebhookRecord,
    webhooks::{key, read},
};

/// The most requests to one subscriber at the same time.
pub const PLACES: u8 = 4;

/// A place among the requests to a subscriber, until it is left or its lease has passed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Entry {
    webhook_id: WebhookId,
    place: String,
    until: i64,
}

/// How asking for a place ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum EnterOutcome {
    /// The caller may send to this subscriber.
    Entered(Entry, Box<Webhook>),
    /// All places are taken.
    Full,
    /// Nothing is delivered to it.
    Disabled,
    /// There is no such subscription.
    Unknown,
}

/// What came of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryResult {
    /// The subscriber has taken what was sent.
    Delivered,
    /// It has not.
    Failed,
    /// It wants no more.
    Gone,
    /// Nothing was sent.
    Unused,
}

impl Webhooks {
    /// Takes a place among the requests to a subscriber. Condition: it is enabled, and the place is free.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; a place that was taken is free again after its lease.
    pub async fn enter(&self, webhook_id: &WebhookId, now: Timestamp) -> Result<EnterOutcome, StoreError> {
        let until = (now + LEASE).as_millisecond();
        let mut place = fastrand::u8(..PLACES).to_string();
        // The refusal of the first one tells which are free; the third is for a race.
        for _ in 0..3 {
            let at = attribute("places").key(&place);
            let update = Update::new()
                .set(at.clone(), n(until))
                .when(attribute("webhook_id").exists())
                .when(attribute("disabled").is_absent())
                .when(at.clone().is_absent().or(at.is_at_most(n(now.as_millisecond()))));
            let record: WebhookRecord = match self.table.update(&key(webhook_id), update).await? {
                Outcome::Written(item) => {
                    let entry = Entry { webhook_id: webhook_id.clone(), place, until };
                    return Ok(EnterOutcome::Entered(entry, Box::new(read(item)?)));
                }
                Outcome::Refused(None) => return Ok(EnterOutcome::Unknown),
                Outcome::Refused(Some(item)) => souk_dynamo::decode(item)?,
            };
            if record.disabled.is_some() {
                return Ok(EnterOutcome::Disabled);
            }
            let is_free = |place: &String| record.places.get(place).is_none_or(|until| *until <= now.as_millisecond());
            match (0..PLACES).map(|place| place.to_string()).find(is_free) {
                Some(free) => place = free,
                None => break,
            }
        }
        Ok(EnterOutcome::Full)
    }

    /// Leaves a place, and notes whether the subscriber answers. Says why the subscription was disabled, where it was
    /// by this: the subscriber wants no more, or every attempt of [`DISABLED_AFTER`] has failed.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe, and a place that was not left is free after its lease.
    pub async fn leave(
        &self,
        entry: &Entry,
        result: EntryResult,
        now: Timestamp,
    ) -> Result<Option<DisabledReason>, StoreError> {
        let at = attribute("places").key(&entry.place);
        let mut update = Update::new().remove(at.clone()).when(at.equals(n(entry.until)));
        update = match result {
            EntryResult::Delivered => update.remove("failing_since"),
            EntryResult::Failed | EntryResult::Gone => update.set_if_absent("failing_since", n(now.as_millisecond())),
            EntryResult::Unused => update,
        };
        let webhook = match self.table.update(&key(&entry.webhook_id), update).await? {
            Outcome::Written(item) => read(item)?,
            // The lease has passed, or the subscription is gone.
            Outcome::Refused(_) => return Ok(None),
        };
        let is_failing = webhook.failing_since.is_some_and(|since| now >= since + DISABLED_AFTER);
        let reason = match result {
            EntryResult::Gone => DisabledReason::Gone,
            EntryResult::Failed if is_failing => DisabledReason::Failing,
            _ => return Ok(None),
        };
        Ok(self.disable(&entry.webhook_id, reason).await?.then_some(reason))
    }
}
