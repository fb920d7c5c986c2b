//! Recomputes the invariants of stock, flash sales, orders and money.

use souk_wiring::Call;
pub use souk_workflows::audit::parts::ScheduledAudit as Deps;
use souk_workflows::{Failure, audit::parts::Scheduled};

/// Runs it once, or has it run in parts.
///
/// # Errors
/// As the use case.
pub async fn handle(deps: &Deps, call: Call) -> Result<Scheduled, Failure> {
    deps.run(&call).await
}
