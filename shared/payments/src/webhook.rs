//! Stripe's webhooks: what one is about.
//!
//! An event is a hint to look, never a fact to write down: its receiver starts the saga, which asks the gateway. Most
//! events only repeat what the shop has done itself, and are no reason to look.

use jiff::Timestamp;
use serde::Deserialize;
use souk_domain::{
    ids::OrderId,
    payment::{PaymentState, RefundState},
};

use crate::{PaymentRecord, stripe::dispute_stands};

/// The types of events that can change something, as `DEPLOY.md` lists them. Others are taken and forgotten.
pub const EVENT_TYPES: [&str; 10] = [
    "payment_intent.amount_capturable_updated",
    "payment_intent.payment_failed",
    "payment_intent.canceled",
    "charge.refunded",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
];

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
    /// What it says of money that goes back, or is to.
    pub news: News,
}

/// What an event says of money that goes back, or is to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// Nothing.
    Nothing,
    /// Where a refund stands.
    Refund {
        /// The gateway's id of it.
        gateway_id: String,
        /// The gateway's word.
        status: String,
    },
    /// How much of a charge was given back (minor units), failures not counted.
    Refunded(i64),
    /// Where a dispute stands.
    Dispute {
        /// The gateway's id of it.
        gateway_id: String,
        /// The gateway's word.
        status: String,
    },
}

/// What an event gives reason to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Nothing can have changed.
    Nothing,
    /// The saga is to ask the gateway how the payment stands.
    Payment,
    /// The gateway is to be asked whether it has let go of the money.
    Lapse,
    /// The gateway is to be asked for the payment's refunds.
    Refunds,
    /// The gateway is to be asked for the payment's disputes.
    Disputes,
}

impl WebhookEvent {
    /// True where its type is one of those that can change anything.
    pub fn is_listened_for(&self) -> bool {
        EVENT_TYPES.contains(&self.event_type.as_str())
    }

    /// The intent whose order is to be asked for: disputes, and refunds of the gateway's own console, name none.
    pub fn intent_of_unknown_order(&self) -> Option<&str> {
        let is_money_back = matches!(self.news, News::Refund { .. } | News::Dispute { .. });
        self.intent_id.as_deref().filter(|_| self.order_id.is_none() && is_money_back && self.is_listened_for())
    }

    /// True where it is about this payment. The record may not have heard its intent's id yet.
    pub fn is_about(&self, record: &PaymentRecord) -> bool {
        match (&record.gateway_id, &self.intent_id) {
            (Some(ours), Some(told)) => ours == told || record.other_intent.as_ref() == Some(told),
            _ => true,
        }
    }

    /// True where it is about the intent on which the record does not stand, of a renewal: that its sweeper asks about.
    fn is_about_the_other(&self, record: &PaymentRecord) -> bool {
        self.intent_id.is_some() && self.intent_id == record.other_intent
    }

    /// What is to be looked at, as the payment's record stands.
    pub fn reason(&self, record: &PaymentRecord) -> Reason {
        match &self.news {
            // Nobody waits for the gateway any more: what it says of a payment that is settled was done by us.
            News::Nothing if self.is_about_the_other(record) => Reason::Nothing,
            News::Nothing => match record.state {
                PaymentState::Intent | PaymentState::RequiresAction => Reason::Payment,
                // Paid with another card, at the gateway.
                PaymentState::Declined if self.event_type == "payment_intent.amount_capturable_updated" => {
                    Reason::Payment
                }
                PaymentState::Authorized if self.event_type == "payment_intent.canceled" => Reason::Lapse,
                _ => Reason::Nothing,
            },
            News::Refund { gateway_id, status } => {
                if record.knows_refund(gateway_id, status) {
                    Reason::Nothing
                } else {
                    Reason::Refunds
                }
            }
            News::Dispute { gateway_id, status } => {
                if record.knows_dispute(gateway_id, status) {
                    Reason::Nothing
                } else {
                    Reason::Disputes
                }
            }
            News::Refunded(amount) => {
                if *amount == record.refunded().amount() {
                    Reason::Nothing
                } else {
                    Reason::Refunds
                }
            }
        }
    }
}

impl PaymentRecord {
    /// True where the record has this refund, and in the state that the gateway's word means.
    pub fn knows_refund(&self, gateway_id: &str, status: &str) -> bool {
        let known = self.refunds.iter().find(|refund| refund.gateway_id.as_deref() == Some(gateway_id));
        known.is_some_and(|refund| says(status, refund.state))
    }

    /// True where the record has this dispute, and in the state that the gateway's word means.
    pub fn knows_dispute(&self, gateway_id: &str, status: &str) -> bool {
        let (state, is_inquiry) = dispute_stands(status);
        let known = self.disputes.get(gateway_id);
        known.is_some_and(|known| known.state == state && known.is_inquiry == is_inquiry)
    }
}

/// Whether the gateway's word for a refund's state means this one.
fn says(status: &str, state: RefundState) -> bool {
    match state {
        RefundState::Pending => matches!(status, "pending" | "requires_action"),
        RefundState::Succeeded => status == "succeeded",
        RefundState::Failed => matches!(status, "failed" | "canceled"),
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
    status: Option<String>,
    amount_refunded: Option<i64>,
}

#[derive(Deserialize)]
struct Metadata {
    order_id: Option<String>,
}

impl EventObject {
    fn into_event(self) -> Option<WebhookEvent> {
        let subject = self.data.object;
        let is_intent = subject.object.as_deref() == Some("payment_intent");
        let news = match (subject.object.as_deref(), &subject.id, subject.status, subject.amount_refunded) {
            (Some("refund"), Some(id), Some(status), _) => News::Refund { gateway_id: id.clone(), status },
            (Some("dispute"), Some(id), Some(status), _) => News::Dispute { gateway_id: id.clone(), status },
            (Some("charge"), _, _, Some(amount)) => News::Refunded(amount),
            _ => News::Nothing,
        };
        Some(WebhookEvent {
            id: self.id,
            event_type: self.event_type,
            order_id: subject.metadata.and_then(|metadata| metadata.order_id).and_then(|id| id.parse().ok()),
            intent_id: if is_intent { subject.id } else { subject.payment_intent },
            created: Timestamp::from_second(self.created).ok()?,
            news,
        })
    }
}

#[cfg(test)]
mod tests;
