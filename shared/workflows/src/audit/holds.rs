//! What rows of stock remember of checkouts, each with what decides over it.

use jiff::{SignedDuration, Timestamp};
use souk_domain::{
    audit::{Decided, hold},
    ids::{CheckoutId, OrderId},
    stock::Entry,
};
use souk_dynamo::{Page, StoreError};
use souk_orders::find;

use super::{Audit, Report};

/// How late a checkout's timer may be.
const TIMERS_COME_WITHIN: SignedDuration = SignedDuration::from_hours(1);

impl Audit {
    /// Row by row. What looks wrong counts only where the row remembers the same still.
    pub(super) async fn audit_holds(&self, report: &mut Report, now: Timestamp) -> Result<(), StoreError> {
        let mut after = None;
        loop {
            let Page { items: rows, next } = self.rows.scan_page(after).await?;
            for row in &rows {
                for (checkout_id, entry) in row.holds.iter() {
                    report.checked.holds += 1;
                    let decided = match entry {
                        Entry::Held(_) => self.decided(&checkout_id, now).await?,
                        Entry::Sold { .. } | Entry::Released { .. } => Decided::Over,
                    };
                    let key = (&row.sku, &row.warehouse_id);
                    let Some(violation) = hold(key, (&checkout_id, entry), decided, now) else { continue };
                    let again = self.rows.get(&row.sku, &row.warehouse_id).await?;
                    if again.and_then(|row| row.holds.get(&checkout_id)) == Some(entry) {
                        report.violations.push(violation);
                    } else {
                        report.moving.push(checkout_id.to_string());
                    }
                }
            }
            match next {
                Some(key) => after = Some(key),
                None => return Ok(()),
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
