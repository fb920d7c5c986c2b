use jiff::{SignedDuration, Timestamp};

use super::Violation;
use crate::{
    ids::CheckoutId,
    stock::{Entry, RowKey},
};

/// How long a mark may stay: it is collected minutes after it was written.
const MARKS_GO_WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// What decides over a hold, as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// A checkout that is open, or an order that is not settled: whatever is wrong its timer or saga will see to.
    NotYet,
    /// The checkout was closed, or is gone without an order; or its order is settled.
    Over,
}

/// What is wrong with what a row remembers of one checkout: I3.
pub fn hold(
    row: &RowKey,
    (checkout_id, entry): (&CheckoutId, Entry),
    decided: Decided,
    now: Timestamp,
) -> Option<Violation> {
    let (row, checkout_id) = (row.clone(), checkout_id.clone());
    match entry {
        Entry::Held(units) => (decided == Decided::Over).then_some(Violation::HoldKept { row, checkout_id, units }),
        Entry::Sold { at: since, .. } | Entry::Released { at: since } => {
            (since + MARKS_GO_WITHIN <= now).then_some(Violation::MarkKept { row, checkout_id, since })
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_hold_ends_with_its_decision_and_a_mark_within_a_day() {
        let row = RowKey::first(&"s".parse().unwrap(), &"w".parse().unwrap());
        let checkout_id = CheckoutId::from_uuid(Uuid::from_u128(1));
        let then = Timestamp::UNIX_EPOCH;
        let found = |entry, decided, now| hold(&row, (&checkout_id, entry), decided, now);
        assert_eq!(found(Entry::Held(2), Decided::NotYet, then), None);
        assert!(matches!(found(Entry::Held(2), Decided::Over, then), Some(Violation::HoldKept { units: 2, .. })));
        for mark in [Entry::Sold { units: 1, at: then }, Entry::Released { at: then }] {
            let day = then + MARKS_GO_WITHIN;
            assert_eq!(found(mark, Decided::Over, day - SignedDuration::from_secs(1)), None);
            assert!(
                matches!(found(mark, Decided::NotYet, day), Some(Violation::MarkKept { since, .. }) if since == then)
            );
        }
    }
}
