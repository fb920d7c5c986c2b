//! What the shopper asked their bank to give back, as the payment's record remembers it.

use souk_domain::payment::Dispute;
use souk_payments::PaymentRecord;

use super::{By, Entry, What};

pub(super) fn entries(record: Option<&PaymentRecord>) -> Vec<Entry> {
    record.iter().flat_map(|record| record.disputes.iter()).flat_map(of_dispute).collect()
}

/// When it was opened, and when the shop heard of where it stands.
fn of_dispute(dispute: &Dispute) -> [Entry; 2] {
    let (dispute_id, amount) = (dispute.gateway_id.clone(), dispute.amount);
    let opened = What::DisputeOpened { dispute_id: dispute_id.clone(), amount, reason: dispute.reason.clone() };
    let (state, respond_by) = (dispute.state, dispute.respond_by);
    let stands = What::DisputeChanged { dispute_id, amount, state, respond_by };
    let entry = |at, what| Entry { at, by: By::Gateway, user_id: None, what };
    [entry(dispute.opened_at, opened), entry(dispute.changed_at, stands)]
}
