//! Rows of stock forget what they remember of checkouts that are over: each write of a row pays for all of it.
//!
//! A mark goes once nobody can be on the way to hold for it but who is kept out by the row's floor. A row says through its
//! stream that its marks have grown; what is left behind so, a scan finds.

use jiff::Timestamp;
use souk_domain::{
    ids::{CheckoutId, OrderId},
    order::OrderStatus,
    stock::{COLLECT_AFTER, COLLECT_FROM, Entry, RowKey, StockRow},
};
use souk_dynamo::StoreError;
use souk_inventory::StockRows;
use souk_orders::{Archive, CheckoutState, Checkouts, Orders, find};
use souk_wiring::FromEnvironment;

use crate::maintain_rows::Report;

/// So many marks of one row go in one write.
const AT_ONCE: usize = 32;

/// Rows, and what decides over what they remember.
#[derive(Debug, FromEnvironment)]
pub struct CollectMarks {
    stock: StockRows,
    orders: Orders,
    archive: Archive,
    checkouts: Checkouts,
}

impl CollectMarks {
    /// A use case of these parts.
    pub fn new(stock: StockRows, orders: Orders, archive: Archive, checkouts: Checkouts) -> Self {
        Self { stock, orders, archive, checkouts }
    }

    /// Goes through one row, whose marks have grown. It is written only where enough of them can go: the others wait for
    /// the next that come, or for the scan.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn of_row(&self, row: &RowKey, now: Timestamp) -> Result<Report, StoreError> {
        let mut report = Report::default();
        if let Some(row) = self.stock.get_row(row).await? {
            report.rows = 1;
            self.collect(row, COLLECT_FROM, now, &mut report).await?;
        }
        Ok(report)
    }

    /// Collects what can go, in writes of `least` marks or more.
    pub(crate) async fn collect(
        &self,
        mut row: StockRow,
        least: usize,
        now: Timestamp,
        report: &mut Report,
    ) -> Result<(), StoreError> {
        let is_old = |entry: Entry| entry.marked_at().is_some_and(|at| at + COLLECT_AFTER <= now);
        let old: Vec<_> = row.holds.iter().filter(|(_, entry)| is_old(*entry)).collect();
        report.marks += old.len();
        if old.len() < least {
            return Ok(());
        }
        let mut over = Vec::new();
        for (checkout_id, entry) in old {
            if self.is_over(&checkout_id, entry).await? {
                over.push((checkout_id, entry));
            }
        }
        for marks in over.chunks(AT_ONCE).filter(|marks| marks.len() >= least) {
            let Some(found) = self.stock.collect(row, marks, now).await? else { return Ok(()) };
            report.collected += if found.outcome { marks.len() } else { 0 };
            row = found.row;
        }
        Ok(())
    }

    /// True where the order, or without one the checkout, says that nothing will ask for the mark again.
    async fn is_over(&self, checkout_id: &CheckoutId, entry: Entry) -> Result<bool, StoreError> {
        let order = find(&self.orders, &self.archive, &OrderId::of_checkout(checkout_id)).await?;
        Ok(match (entry, order) {
            (Entry::Sold { .. }, Some(order)) => {
                let is_sold = !matches!(order.status, OrderStatus::PendingPayment | OrderStatus::Cancelled);
                is_sold && order.settled
            }
            (Entry::Released { .. }, Some(order)) => order.stock.is_back,
            (Entry::Released { .. }, None) => {
                let checkout = self.checkouts.get(checkout_id).await?;
                checkout.is_none_or(|checkout| checkout.state == Some(CheckoutState::Closed))
            }
            (Entry::Sold { .. }, None) | (Entry::Held(_), _) => false,
        })
    }
}
