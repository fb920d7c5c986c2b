//! What went back to the shopper, as the payment's record remembers it.

use souk_domain::payment::{Refund, RefundOrigin};
use souk_payments::PaymentRecord;

use super::{By, Entry, What};

pub(super) fn entries(record: Option<&PaymentRecord>) -> Vec<Entry> {
    record.iter().flat_map(|record| record.refunds.iter()).flat_map(of_refund).collect()
}

/// When it was wanted, and when it came to where it stands, if it has moved.
fn of_refund(refund: &Refund) -> Vec<Entry> {
    let (by, user_id) = match &refund.origin {
        RefundOrigin::Operator { operator_id, .. } => (By::Operator, Some(operator_id.clone())),
        RefundOrigin::System { .. } | RefundOrigin::Cancellation => (By::Shop, None),
        RefundOrigin::Gateway => (By::Gateway, None),
    };
    let (refund_id, amount) = (refund.refund_id.clone(), refund.amount);
    let wanted = What::RefundRequested { refund_id: refund_id.clone(), amount };
    let mut entries = vec![Entry { at: refund.asked_at, by, user_id, what: wanted }];
    if refund.changed_at != refund.asked_at {
        let what = What::RefundChanged { refund_id, amount, state: refund.state };
        entries.push(Entry { at: refund.changed_at, by: By::Gateway, user_id: None, what });
    }
    entries
}
