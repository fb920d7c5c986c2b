//! Recomputes the invariants of stock, flash sales, orders and money over the tables, and names each violation.
//!
//! It is exact only for what is at rest. Whatever looks wrong is looked at a second time, and what moved
//! in between is named as `moving`, not as a violation: the next audit sees it. It writes nothing; what to do
//! about a violation is a person's decision.

mod flash_sales;
pub mod holds;
mod money;
mod orders;

use serde::Serialize;
use souk_domain::audit::Violation;
use souk_flash_sales::{FlashSales, Shards};
use souk_inventory::{ReservationBook, StockAuditor};
use souk_orders::Orders;
use souk_payments::{PaymentRecords, stripe::StripeGateway};
use souk_wiring::{Call, FromEnvironment, metrics};

use self::holds::AuditHolds;
use crate::Failure;

/// The tables of stock, sales, orders and money, and the gateway.
#[derive(Debug, FromEnvironment)]
pub struct Audit {
    stock: StockAuditor,
    holds: AuditHolds,
    orders: Orders,
    reservations: ReservationBook,
    payments: PaymentRecords,
    gateway: StripeGateway,
    sales: FlashSales,
    shards: Shards,
}

/// How much was looked at.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
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
        let stock = self.stock.audit(call.now).await?;
        let checked = Checked { rows: stock.rows, reservations: stock.reservations, ..Checked::default() };
        let moving = stock.moving.into_iter().map(String::from).collect();
        let mut report = Report { checked, moving, violations: stock.violations };
        let holds = self.holds.run(call.now).await?;
        report.checked.holds = holds.holds;
        report.moving.extend(holds.moving.iter().map(ToString::to_string));
        report.violations.extend(holds.violations);
        self.audit_sales(&mut report).await?;
        self.audit_orders(&mut report, call.now).await?;
        self.audit_money(&mut report, call.now).await?;
        for violation in &report.violations {
            tracing::error!(violation = %serde_json::to_string(violation)?, "an invariant is violated");
        }
        measure(&report);
        Ok(report)
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of one run")]
fn measure(report: &Report) {
    let values = [("violations", report.violations.len() as f64), ("moving", report.moving.len() as f64)];
    metrics::emit("audit", "Count", &values);
}
