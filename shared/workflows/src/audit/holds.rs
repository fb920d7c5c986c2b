//! What rows of stock remember of checkouts, each with what decides over it.

use jiff::{SignedDuration, Timestamp};
use souk_domain::{
    audit::{Decided, Violation, hold},
    ids::{CheckoutId, OrderId},
    stock::Entry,
};
use souk_dynamo::{Page, Segment, StoreError};
use souk_inventory::StockRows;
use souk_orders::{Archive, Checkouts, Orders, find};
use souk_wiring::FromEnvironment;

/// How late a checkout's timer may be.
const TIMERS_COME_WITHIN: SignedDuration = SignedDuration::from_hours(1);

/// Rows, and what decides over what they remember.
#[derive(Debug, FromEnvironment)]
pub struct AuditHolds {
    rows: StockRows,
    checkouts: Checkouts,
    orders: Orders,
    archive: Archive,
}

/// What rows remember, and what of that must not be.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct HoldsAudit {
    /// Holds and marks that were looked at.
    pub holds: usize,
    /// Checkouts that looked wrong and moved meanwhile.
    pub moving: Vec<CheckoutId>,
    /// What must not be.
    pub violations: Vec<Violation>,
}

impl AuditHolds {
    /// A use case of these parts.
    pub fn new(rows: StockRows, checkouts: Checkouts, orders: Orders, archive: Archive) -> Self {
        Self { rows, checkouts, orders, archive }
    }

    /// Row by row. What looks wrong counts only where the row remembers the same still.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn run(&self, now: Timestamp) -> Result<HoldsAudit, StoreError> {
        self.run_part(Segment::WHOLE, now).await
    }

    /// As [`AuditHolds::run`], of a part of the rows.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn run_part(&self, part: Segment, now: Timestamp) -> Result<HoldsAudit, StoreError> {
        let (mut audit, mut after) = (HoldsAudit::default(), None);
        loop {
            let Page { items: rows, next } = self.rows.scan_segment(part, after).await?;
            for row in &rows {
                for (checkout_id, entry) in row.holds.iter() {
                    audit.holds += 1;
                    let decided = match entry {
                        Entry::Held(_) => self.decided(&checkout_id, now).await?,
                        Entry::Sold { .. } | Entry::Released { .. } => Decided::Over,
                    };
                    let key = row.key();
                    let Some(violation) = hold(&key, (&checkout_id, entry), decided, now) else { continue };
                    let again = self.rows.get_row(&key).await?;
                    if again.and_then(|row| row.holds.get(&checkout_id)) == Some(entry) {
                        audit.violations.push(violation);
                    } else {
                        audit.moving.push(checkout_id);
                    }
                }
            }
            match next {
                Some(key) => after = Some(key),
                None => return Ok(audit),
            }
        }
    }

    async fn decided(&self, checkout_id: &CheckoutId, now: Timestamp) -> Result<Decided, StoreError> {
        if let Some(order) = find(&self.orders, &self.archive, &OrderId::of_checkout(checkout_id)).await? {
            return Ok(if order.settled { Decided::Over } else { Decided::NotYet });
        }
        // Whatever its state: its timer has seen to it by then.
        let checkout = self.checkouts.get(checkout_id).await?;
        let is_over = checkout.is_none_or(|checkout| checkout.expires_at + TIMERS_COME_WITHIN <= now);
        Ok(if is_over { Decided::Over } else { Decided::NotYet })
    }
}
