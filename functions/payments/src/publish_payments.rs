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
