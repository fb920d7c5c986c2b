//! Recomputes the invariants of stock, flash sales, orders and money over the tables, and names each violation.
//!
//! It is exact only for what is at rest. Whatever looks wrong is looked at a second time, and what moved
//! in between is named as `moving`, not as a violation: the next audit sees it. It writes nothing; what to do
//! about a violation is a person's decision.

mod flash_sales;
pub mod holds;
mod money;
pub mod orders;
pub mod parts;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use souk_domain::audit::Violation;
use souk_dynamo::Segment;
use souk_flash_sales::{FlashSales, Shards};
use souk_inventory::StockAuditor;
use souk_payments::{PaymentRecords, stripe::StripeGateway};
use souk_wiring::{Call, FromEnvironment, metrics};

use self::{holds::AuditHolds, orders::AuditOrders};
use crate::Failure;

/// The tables of stock, sales, orders and money, and the gateway.
#[derive(Debug, FromEnvironment)]
pub struct Audit {
    stock: StockAuditor,
    holds: AuditHolds,
    orders: AuditOrders,
    payments: PaymentRecords,
    gateway: StripeGateway,
    sales: FlashSales,
    shards: Shards,
}

/// How much was looked at.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// Rows of stock.
    rows: usize,
    /// Reservations.
    reservations: usize,
    /// Holds and marks in rows of stock.
    holds: usize,
    /// Shards of the flash sales that are not over.
    shards: u32,
    /// Settled orders. Those that ended a month ago are in the archive, and are not looked at.
    orders: usize,
    /// Payments whose sums were compared with the gateway's.
    payments: usize,
    /// True where there were more payments than a run has time for.
    payments_left: bool,
    /// Orders that are not settled: their sagas are still at them.
    unsettled: usize,
}

/// What was looked at, and what must not be.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    checked: Checked,
    /// SKUs and orders that looked wrong and moved meanwhile: look again.
    moving: Vec<String>,
    violations: Vec<Violation>,
}

impl Audit {
    /// Audits everything.
    ///
    /// # Errors
    /// Where a table or the gateway's list cannot be read.
    pub async fn run(&self, call: &Call) -> Result<Report, Failure> {
        let report = self.of(Segment::WHOLE, call.now).await?;
        measure(report.violations.len(), report.moving.len());
        Ok(report)
    }

    /// A part of the orders, of what rows remember, and of the gateway's payments; the first part has the stock and the flash
    /// sales, too: those are as large as the catalogue.
    async fn of(&self, part: Segment, now: Timestamp) -> Result<Report, Failure> {
        let mut report = Report::default();
        if part.number == 0 {
            let stock = self.stock.audit(now).await?;
            report.checked.rows = stock.rows;
            report.checked.reservations = stock.reservations;
            report.moving.extend(stock.moving.into_iter().map(String::from));
            report.violations.extend(stock.violations);
            self.audit_sales(&mut report).await?;
        }
        let holds = self.holds.run_part(part, now).await?;
        report.checked.holds = holds.holds;
        report.moving.extend(holds.moving.iter().map(ToString::to_string));
        report.violations.extend(holds.violations);
        let orders = self.orders.run_part(part, now).await?;
        (report.checked.orders, report.checked.unsettled) = (orders.orders, orders.unsettled);
        report.moving.extend(orders.moving.iter().map(ToString::to_string));
        report.violations.extend(orders.violations);
        self.audit_money(&mut report, part, now).await?;
        for violation in &report.violations {
            tracing::error!(violation = %serde_json::to_string(violation)?, "an invariant is violated");
        }
        Ok(report)
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of one run")]
fn measure(violations: usize, moving: usize) {
    metrics::emit("audit", "Count", &[("violations", violations as f64), ("moving", moving as f64)]);
}
