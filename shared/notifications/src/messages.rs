//! What was sent: one item for each message and its recipient, written once, before the mail is sent.
//!
//! It names the delivery of the event that sends the message: the queue's id of what it handed out. A queue forgets a
//! delivery only once it is done, so the item is not written again when the mail has gone out. Another delivery, whose
//! event was published twice, finds the item and has nothing to do. The same delivery comes again where its function died or
//! heard no answer: then nobody knows whether the mail went out, it is sent a second time, never a third, and the item's
//! attempt says so. What is known not to have been sent is written down, and is anybody's.

use jiff::{SignedDuration, Timestamp, fmt::serde::timestamp::millisecond};
use serde::{Deserialize, Serialize};
use souk_domain::{
    ids::{OrderId, RefundId, UserId},
    order::Order,
};
use souk_dynamo::{Outcome, StoreError, Table, Update, attribute, n, s};
use souk_wiring::FromEnvironment;

use crate::{About, Kind, Message, MessageId, Standing};

/// After this time a send that was begun is not going on any more: longer than the function lives.
const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// How often a message is sent whose send may have reached the provider.
const ATTEMPTS: u32 = 2;
/// How long it is known what was sent: much longer than any event may come late.
const KEPT: SignedDuration = SignedDuration::from_hours(365 * 24);

/// The right to send a message, until the lease has passed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Turn {
    id: MessageId,
    delivery: String,
    version: u64,
    /// 1, or 2 where it is not known how the first one ended.
    pub attempt: u32,
}

/// How beginning to send ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum BeginOutcome {
    /// The caller sends it.
    Begun(Turn),
    /// It is done: sent, withheld, or given up.
    Done(Standing),
    /// Somebody else is sending it.
    Busy,
}

/// How ending a turn ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum EndOutcome {
    /// It is written.
    Kept,
    /// The lease had passed, and somebody else has taken the message up.
    Overtaken,
}

/// A message that was sent, or was to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Which one.
    pub kind: Kind,
    /// Where it stands.
    pub standing: Standing,
    /// Which attempt it was.
    pub attempt: u32,
    /// Since when it stands there.
    pub updated_at: Timestamp,
}

#[derive(Debug, Serialize, Deserialize)]
struct MessageRecord {
    id: MessageId,
    order_id: OrderId,
    user_id: UserId,
    kind: Kind,
    #[serde(flatten)]
    standing: Standing,
    /// Which delivery sends it. Absent from items that were written after the mail, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    delivery: Option<String>,
    attempt: u32,
    version: u64,
    #[serde(with = "millisecond::required")]
    created_at: Timestamp,
    #[serde(with = "millisecond::required")]
    updated_at: Timestamp,
    /// In seconds: DynamoDB's own.
    ttl: i64,
}

/// The `messages` table: messages, what shoppers decline, and addresses that take no mail.
#[derive(Debug, Clone, FromEnvironment)]
pub struct Messages {
    #[variable("MESSAGES_TABLE")]
    pub(crate) table: Table,
}

/// What may be done with a message that is known already.
enum Next {
    Begin { attempt: u32 },
    GiveUp,
    Wait,
    Nothing,
}

impl MessageRecord {
    fn next(&self, delivery: &str, now: Timestamp) -> Next {
        let is_over = now >= self.updated_at + LEASE;
        match self.standing {
            Standing::Withheld { .. } | Standing::Unknown => Next::Nothing,
            // Whoever has taken it comes again until it is sent.
            Standing::Sent if self.delivery.as_deref() != Some(delivery) => Next::Nothing,
            // What was not sent is no attempt.
            Standing::Waiting => Next::Begin { attempt: self.attempt },
            Standing::Sent | Standing::Sending if !is_over => Next::Wait,
            Standing::Sent | Standing::Sending if self.attempt < ATTEMPTS => Next::Begin { attempt: self.attempt + 1 },
            Standing::Sent | Standing::Sending => Next::GiveUp,
        }
    }
}

impl Messages {
    /// The messages in this table (key `id`).
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// Takes the turn to send a message, for this delivery of its event. Condition: nobody has taken it, or it was not sent;
    /// or this delivery has, and its lease is over.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; the turn may have been taken, and is free again after its lease.
    pub async fn begin(&self, message: &Message, delivery: &str, now: Timestamp) -> Result<BeginOutcome, StoreError> {
        let record = MessageRecord {
            id: message.id(),
            order_id: message.order_id.clone(),
            user_id: message.user_id.clone(),
            kind: message.kind,
            standing: Standing::Sent,
            delivery: Some(delivery.to_owned()),
            attempt: 1,
            version: 1,
            created_at: now,
            updated_at: now,
            ttl: (now + KEPT).as_second(),
        };
        let turn = |version, attempt| Turn { id: message.id(), delivery: delivery.to_owned(), version, attempt };
        let known = match self.table.put_if(&record, attribute("id").is_absent()).await? {
            Outcome::Written(()) => return Ok(BeginOutcome::Begun(turn(1, 1))),
            Outcome::Refused(Some(item)) => souk_dynamo::decode::<MessageRecord>(item)?,
            Outcome::Refused(None) => return Err(StoreError::corrupt("a refused put brought no message")),
        };
        match known.next(delivery, now) {
            Next::Nothing => Ok(BeginOutcome::Done(known.standing)),
            Next::Wait => Ok(BeginOutcome::Busy),
            Next::Begin { attempt } => {
                Ok(match self.end(&turn(known.version, attempt), &Standing::Sent, now).await? {
                    EndOutcome::Kept => BeginOutcome::Begun(turn(known.version + 1, attempt)),
                    EndOutcome::Overtaken => BeginOutcome::Busy,
                })
            }
            Next::GiveUp => Ok(match self.end(&turn(known.version, known.attempt), &Standing::Unknown, now).await? {
                EndOutcome::Kept => BeginOutcome::Done(Standing::Unknown),
                EndOutcome::Overtaken => BeginOutcome::Busy,
            }),
        }
    }

    /// Ends a turn in which nothing was sent: the message is withheld, or waits. Of one that was sent nothing is written.
    /// Condition: the turn is still the caller's.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn end(&self, turn: &Turn, standing: &Standing, now: Timestamp) -> Result<EndOutcome, StoreError> {
        let mut update = Update::new()
            .set("delivery", s(&turn.delivery))
            .set("attempt", n(turn.attempt))
            .set("updated_at", n(now.as_millisecond()))
            .add("version", n(1))
            .when(attribute("version").equals(n(turn.version)));
        for (name, value) in souk_dynamo::encode(standing)? {
            update = if name == "state" { update.set("state", value) } else { update.set("why", value) };
        }
        Ok(match self.table.update(&[("id", turn.id.as_str())], update).await? {
            Outcome::Written(_) => EndOutcome::Kept,
            Outcome::Refused(_) => EndOutcome::Overtaken,
        })
    }

    /// Where a message stands, and its attempt.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn standing(&self, id: &MessageId) -> Result<Option<(Standing, u32)>, StoreError> {
        let record: Option<MessageRecord> = self.table.get(&[("id", id.as_str())]).await?;
        Ok(record.map(|record| (record.standing, record.attempt)))
    }

    /// The messages about an order and these refunds of it, as they stand.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of_order(&self, order: &Order, refunds: &[RefundId]) -> Result<Vec<Told>, StoreError> {
        let parts = About::all(order, refunds.iter().cloned());
        let of_part =
            |about| Kind::ALL.into_iter().filter(move |kind| kind.is_about(about)).map(move |kind| (kind, about));
        let ids: Vec<_> =
            parts.iter().flat_map(of_part).map(|(kind, about)| MessageId::of(&order.order_id, kind, about)).collect();
        let keys: Vec<_> = ids.iter().map(|id| [("id", id.as_str())]).collect();
        let records: Vec<MessageRecord> = self.table.read_many(&keys).await?;
        let told =
            |MessageRecord { kind, standing, attempt, updated_at, .. }| Told { kind, standing, attempt, updated_at };
        Ok(records.into_iter().map(told).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_stored_flat_and_read_again() {
        let now = Timestamp::UNIX_EPOCH;
        let message = Message {
            order_id: OrderId::from_uuid(uuid::Uuid::from_u128(1)),
            user_id: "u".parse().unwrap(),
            kind: Kind::OrderShipped,
            about: crate::About::Order,
        };
        let record = MessageRecord {
            id: message.id(),
            order_id: message.order_id,
            user_id: message.user_id,
            kind: message.kind,
            standing: Standing::Sent,
            delivery: Some("d".to_owned()),
            attempt: 1,
            version: 2,
            created_at: now,
            updated_at: now,
            ttl: 0,
        };
        let item = souk_dynamo::encode(&record).unwrap();
        assert_eq!(item["state"], s("SENT"));
        assert_eq!(item["id"], s("ord_00000000000000000000000000000001-order_shipped"));
        let read: MessageRecord = souk_dynamo::decode(item.clone()).unwrap();
        assert_eq!(read.standing, record.standing);

        let mut older = item;
        older.remove("delivery");
        older.insert("provider_id".to_owned(), s("p"));
        let read: MessageRecord = souk_dynamo::decode(older).unwrap();
        assert!(matches!(read.next("d", now + LEASE), Next::Nothing), "it was written after the mail");
    }
}
