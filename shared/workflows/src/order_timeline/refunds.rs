//! What went back to the shopper, as the payment's record remembers it.

use souk_domain::payment::{Refund, RefundOrigin};
use souk_payments::PaymentRecord;

use super::{By, Entry, What};

pub(super) fn entries(record: Option<&PaymentRecord>) -> Vec<Entry> {
    record.iter().flat_map(|record| record.refunds.iter()).flat_map(of_refund).collect()
}

/// When it was wanted, and when it came to where it stands, if it has moved.
fn of_refund(refund: &Refund) -> Vec<Entry> {
    let (by, user_id) = match (&refund.retry, &refund.origin) {
        (Some(retry), _) => (By::Operator, Some(retry.by.clone())),
        (None, RefundOrigin::Operator { operator_id, .. }) => (By::Operator, Some(operator_id.clone())),
        (None, RefundOrigin::System { .. } | RefundOrigin::Cancellation) => (By::Shop, None),
        (None, RefundOrigin::Gateway) => (By::Gateway, None),
    };
    let (refund_id, amount) = (refund.refund_id.clone(), refund.amount);
    let retry_of = refund.retry.as_ref().map(|retry| retry.of.clone());
    let wanted = What::RefundRequested { refund_id: refund_id.clone(), amount, retry_of };
    let mut entries = vec![Entry { at: refund.asked_at, by, user_id, what: wanted }];
    if refund.changed_at != refund.asked_at {
        let what = What::RefundChanged { refund_id, amount, state: refund.state };
        entries.push(Entry { at: refund.changed_at, by: By::Gateway, user_id: None, what });
    }
    entries
}
