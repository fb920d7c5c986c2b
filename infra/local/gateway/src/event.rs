//! Webhook events as they are recorded, before anybody delivers them.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::dispute::Dispute;
use crate::intent::{Intent, Seconds};
use crate::refund::Refund;
use crate::{id, render};

/// What an event says happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EventType {
    /// An intent was created.
    #[serde(rename = "payment_intent.created")]
    Created,
    /// The amount is held.
    #[serde(rename = "payment_intent.amount_capturable_updated")]
    AmountCapturableUpdated,
    /// The customer must authenticate.
    #[serde(rename = "payment_intent.requires_action")]
    RequiresAction,
    /// An attempt was declined.
    #[serde(rename = "payment_intent.payment_failed")]
    PaymentFailed,
    /// The money was taken.
    #[serde(rename = "payment_intent.succeeded")]
    Succeeded,
    /// The intent was canceled, by a caller or because its hold lapsed.
    #[serde(rename = "payment_intent.canceled")]
    Canceled,
    /// Money was given back.
    #[serde(rename = "charge.refunded")]
    ChargeRefunded,
    /// A refund was made.
    #[serde(rename = "refund.created")]
    RefundCreated,
    /// A refund's status has changed, or its bank's reference.
    #[serde(rename = "refund.updated")]
    RefundUpdated,
    /// As [`EventType::RefundUpdated`], under its older name.
    #[serde(rename = "charge.refund.updated")]
    ChargeRefundUpdated,
    /// The bank has sent the money back.
    #[serde(rename = "refund.failed")]
    RefundFailed,
    /// A shopper has gone to their bank.
    #[serde(rename = "charge.dispute.created")]
    DisputeCreated,
    /// A dispute has moved on.
    #[serde(rename = "charge.dispute.updated")]
    DisputeUpdated,
    /// A dispute is over.
    #[serde(rename = "charge.dispute.closed")]
    DisputeClosed,
}

/// An event, with the object as it was when it happened.
#[derive(Clone, Debug)]
pub struct Event {
    /// `evt_…`
    pub id: String,
    /// What happened.
    pub event_type: EventType,
    /// When.
    pub created: Seconds,
    /// The intent it is about.
    pub intent: String,
    /// The order that the intent is for.
    pub order_id: Option<String>,
    /// The exact bytes that are signed and sent.
    pub payload: String,
}

impl Event {
    /// Records what just happened to `intent`.
    pub fn new(event_type: EventType, intent: &Intent, now: Seconds) -> Self {
        let object = match event_type {
            EventType::ChargeRefunded => render::charge(intent),
            _ => render::intent(intent),
        };
        Self::about(object, event_type, intent, now)
    }

    /// Records what just happened to a refund of `intent`.
    pub fn of_refund(event_type: EventType, refund: &Refund, intent: &Intent, now: Seconds) -> Self {
        Self::about(render::refund(refund), event_type, intent, now)
    }

    /// Records what just happened to a dispute of `intent`.
    pub fn of_dispute(event_type: EventType, dispute: &Dispute, intent: &Intent, now: Seconds) -> Self {
        Self::about(render::dispute(dispute), event_type, intent, now)
    }

    fn about(object: Value, event_type: EventType, intent: &Intent, now: Seconds) -> Self {
        let id = id::fresh("evt");
        let body: Value = json!({
            "id": id,
            "object": "event",
            "api_version": render::API_VERSION,
            "created": now,
            "data": { "object": object },
            "livemode": false,
            "pending_webhooks": 1,
            "type": event_type,
        });
        Self {
            id,
            event_type,
            created: now,
            intent: intent.id.clone(),
            order_id: intent.order_id().map(str::to_owned),
            payload: body.to_string(),
        }
    }
}
