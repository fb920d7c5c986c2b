//! Payments' stream → event bus: the outbox. Every refund that ended is published, and that a payment waits for its
//! shopper, also where the function that wrote it died at once.

use souk_domain::payment::PaymentState;
use souk_events::payments::{ACTION_REQUIRED, ActionRequired, RefundEnded, SOURCE, detail_type};
use souk_payments::{PaymentRecord, is_payment};
use souk_runtime::{
    bus::{Bus, Event},
    stream::{BatchResult, Record, RecordFailure},
};
use souk_wiring::{Call, FromEnvironment};

/// The bus.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    bus: Bus,
}

/// Publishes what each record's change means to others; most changes are the context's own affair.
///
/// # Errors
/// The first record whose event was not taken.
pub async fn handle(deps: &Deps, records: Vec<Record>, _: Call) -> BatchResult {
    deps.bus.publish_each(SOURCE, &records, events_of).await
}

fn events_of(record: &Record) -> Result<Vec<Event>, RecordFailure> {
    // The table also holds the gateway's events, and where the reconciliation stands.
    if !record.key("id").is_some_and(is_payment) {
        return Ok(Vec::new());
    }
    let Some(payment) = record.new_image::<PaymentRecord>()? else { return Ok(Vec::new()) };
    changes(record.old::<PaymentRecord>().as_ref(), &payment)
}

fn changes(before: Option<&PaymentRecord>, payment: &PaymentRecord) -> Result<Vec<Event>, RecordFailure> {
    let (order_id, version) = (&payment.order_id, payment.version);
    let mut events = Vec::new();
    for refund in payment.refunds.iter() {
        let was = before.and_then(|before| before.refunds.get(&refund.refund_id)).map(|was| was.state);
        if let Some(detail_type) = detail_type(refund.state).filter(|_| was != Some(refund.state)) {
            let (order_id, refund_id) = (order_id.clone(), refund.refund_id.clone());
            let ended = RefundEnded { order_id, refund_id, amount: refund.amount, version };
            events.push(Event::new(detail_type, &ended)?);
        }
    }
    let waits = |payment: &PaymentRecord| payment.state == PaymentState::RequiresAction;
    if waits(payment) && !before.is_some_and(waits) {
        events.push(Event::new(ACTION_REQUIRED, &ActionRequired { order_id: order_id.clone(), version })?);
    }
    Ok(events)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn payment(state: &str, refunds: &[(u8, &str)]) -> PaymentRecord {
        let refund = |(n, state): &(u8, &str)| {
            json!({
                "refund_id": format!("ref_{n:032}"), "amount": { "amount": 5, "currency": "USD" }, "by": "GATEWAY",
                "state": state, "asked_at": 0, "changed_at": 0,
            })
        };
        let order_id = format!("ord_{}", "0".repeat(32));
        let record = json!({
            "id": format!("order#{order_id}"), "order_id": order_id, "state": state, "version": 2,
            "amount": { "amount": 9, "currency": "USD" }, "created_at": 0, "updated_at": 0,
            "client_secret": "a secret", "refunds": refunds.iter().map(refund).collect::<Vec<_>>(),
        });
        serde_json::from_value(record).unwrap()
    }

    /// What is published of a change, in words.
    fn published(before: Option<&PaymentRecord>, after: &PaymentRecord) -> Vec<&'static str> {
        let events = changes(before, after).unwrap();
        let text = |event: &Event| format!("{event:?}");
        assert!(events.iter().all(|event| !text(event).contains("secret")));
        let names = ["RefundSucceeded", "RefundFailed", "PaymentActionRequired"];
        let name = |event: &Event| names.into_iter().find(|name| text(event).contains(*name)).unwrap();
        events.iter().map(name).collect()
    }

    #[test]
    fn each_end_of_a_refund_is_published_once_and_nothing_before() {
        let (pending, succeeded) = (payment("CAPTURED", &[(1, "PENDING")]), payment("CAPTURED", &[(1, "SUCCEEDED")]));
        assert_eq!(published(None, &pending), [] as [&str; 0]);
        assert_eq!(published(Some(&pending), &succeeded), ["RefundSucceeded"]);
        assert_eq!(published(Some(&succeeded), &succeeded), [] as [&str; 0]);
        let back = payment("CAPTURED", &[(1, "FAILED"), (2, "SUCCEEDED")]);
        assert_eq!(published(Some(&succeeded), &back), ["RefundFailed", "RefundSucceeded"]);
    }

    #[test]
    fn a_payment_that_begins_to_wait_is_published() {
        let (intent, waits) = (payment("INTENT", &[]), payment("REQUIRES_ACTION", &[]));
        assert_eq!(published(Some(&intent), &waits), ["PaymentActionRequired"]);
        assert_eq!(published(Some(&waits), &waits), [] as [&str; 0]);
        assert_eq!(published(Some(&waits), &payment("AUTHORIZED", &[])), [] as [&str; 0]);
    }
}
