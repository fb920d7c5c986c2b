//! What is known of the money: the record, and the gateway's events that were acted upon.

use souk_domain::{ids::OrderId, payment::PaymentState};
use souk_dynamo::StoreError;
use souk_payments::{PaymentRecord, SeenEvents};

use super::{By, Entry, What};

/// The most of the gateway's events that are shown: a payment has about five.
const EVENTS: i32 = 100;

/// The record keeps its beginning and its present state, and not what lies between: that the gateway's events tell.
pub(super) fn entries(record: Option<PaymentRecord>) -> Vec<Entry> {
    let Some(record) = record else { return Vec::new() };
    let held = record.state == PaymentState::Authorized;
    let opened = What::PaymentOpened { amount: record.amount };
    let capture_before = held.then(|| record.can_be_captured_until());
    let changed = What::PaymentChanged {
        status: record.state,
        decline_code: record.decline_code,
        capture_refusal: record.capture_refusal,
        renewal_refusal: record.renewal_refusal,
        capture_before,
    };
    let entry = |at, what| Entry { at, by: By::Shop, user_id: None, what };
    let renewed = record.renewed_at.map(|at| entry(at, What::PaymentRenewed { attempts: record.renewals }));
    [Some(entry(record.created_at, opened)), renewed, Some(entry(record.updated_at, changed))]
        .into_iter()
        .flatten()
        .collect()
}

pub(super) async fn gateway_entries(events: &SeenEvents, order_id: &OrderId) -> Result<Vec<Entry>, StoreError> {
    let heard = events.of_order(order_id, EVENTS).await?.into_iter().map(|event| Entry {
        at: event.occurred_at,
        by: By::Gateway,
        user_id: None,
        what: What::GatewayEvent { event_type: event.event_type, event_id: event.event_id, taken_at: event.taken_at },
    });
    Ok(heard.collect())
}
