//! The API's objects as JSON: payment intents, charges, refunds, lists.

use serde::Serialize;
use serde_json::{Value, json};

use crate::dispute::Dispute;
use crate::intent::{CancellationReason, CaptureMethod, Intent, State};
use crate::payment_method::Decline;
use crate::refund::{Refund, Status};

/// The version of Stripe's API whose shapes are rendered.
pub const API_VERSION: &str = "2026-08-26.dahlia";

/// A `payment_intent` object.
pub fn intent(intent: &Intent) -> Value {
    let (canceled_at, reason): (Option<i64>, Option<CancellationReason>) = match intent.state {
        State::Canceled { at, reason } => (Some(at), reason),
        _ => (None, None),
    };
    let next_action = (intent.state == State::RequiresAction).then(|| {
        json!({
            "type": "use_stripe_sdk",
            "use_stripe_sdk": { "type": "three_d_secure_redirect" },
        })
    });
    json!({
        "id": intent.id,
        "object": "payment_intent",
        "amount": intent.amount,
        "amount_capturable": intent.amount_capturable(),
        "amount_received": intent.amount_received(),
        "canceled_at": canceled_at,
        "cancellation_reason": reason,
        "capture_method": capture_method(intent.capture_method),
        "client_secret": intent.client_secret,
        "confirmation_method": "automatic",
        "created": intent.created,
        "currency": intent.currency,
        "customer": intent.customer,
        "last_payment_error": intent.last_payment_error.as_ref().map(payment_error),
        "latest_charge": intent.latest_charge,
        "livemode": false,
        "metadata": intent.metadata,
        "next_action": next_action,
        "payment_method": intent.payment_method,
        "payment_method_types": intent.payment_method_types,
        "setup_future_usage": intent.setup_future_usage,
        "status": intent.state.name(),
    })
}

/// A `payment_intent` object with its charge in place of the charge's id.
pub fn expanded_intent(shown: &Intent) -> Value {
    let mut object = intent(shown);
    if shown.latest_charge.is_some() {
        let capture_before = match shown.state {
            State::RequiresCapture { capture_before } => Some(capture_before),
            _ => None,
        };
        let mut charge = charge(shown);
        charge["payment_method_details"] = json!({ "type": "card", "card": { "capture_before": capture_before } });
        object["latest_charge"] = charge;
    }
    object
}

/// The `charge` object of a payment that was taken: what refund events carry.
pub fn charge(intent: &Intent) -> Value {
    let refunded = intent.amount_refunded();
    json!({
        "id": intent.latest_charge,
        "object": "charge",
        "amount": intent.amount,
        "amount_captured": intent.amount_received(),
        "amount_refunded": refunded,
        "captured": intent.amount_received() > 0,
        "currency": intent.currency,
        "disputed": intent.disputed,
        "livemode": false,
        "metadata": intent.metadata,
        "payment_intent": intent.id,
        "refunded": refunded > 0 && refunded == intent.amount_received(),
    })
}

/// A `refund` object.
pub fn refund(refund: &Refund) -> Value {
    json!({
        "id": refund.id,
        "object": "refund",
        "amount": refund.amount,
        "charge": refund.charge,
        "created": refund.created,
        "currency": refund.currency,
        "metadata": refund.metadata,
        "payment_intent": refund.payment_intent,
        "reason": refund.reason,
        "failure_reason": (refund.status == Status::Failed).then_some("expired_or_canceled_card"),
        "status": refund.status,
    })
}

/// A `dispute` object. It bears no metadata of the payment, as Stripe's does not.
pub fn dispute(dispute: &Dispute) -> Value {
    json!({
        "id": dispute.id,
        "object": "dispute",
        "amount": dispute.amount,
        "charge": dispute.charge,
        "created": dispute.created,
        "currency": dispute.currency,
        "evidence_details": { "due_by": (!dispute.status.is_over()).then_some(dispute.due_by) },
        "livemode": false,
        "metadata": {},
        "payment_intent": dispute.payment_intent,
        "reason": dispute.reason,
        "status": dispute.status,
    })
}

/// One page of a list.
pub fn list(url: &str, data: impl Serialize, has_more: bool) -> Value {
    json!({ "object": "list", "url": url, "has_more": has_more, "data": data })
}

fn capture_method(method: CaptureMethod) -> &'static str {
    match method {
        CaptureMethod::Automatic => "automatic",
        CaptureMethod::Manual => "manual",
    }
}

fn payment_error(decline: &Decline) -> Value {
    json!({
        "type": if decline.decline_code.is_some() { "card_error" } else { "invalid_request_error" },
        "code": decline.code,
        "decline_code": decline.decline_code,
        "message": decline.message,
    })
}
