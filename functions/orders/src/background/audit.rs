//! Recomputes the invariants of stock, flash sales, orders and money.

use souk_wiring::Call;
pub use souk_workflows::audit::Audit as Deps;
use souk_workflows::{Failure, audit::Report};

/// Runs it once.
///
/// # Errors
/// As the use case.
pub async fn handle(deps: &Deps, call: Call) -> Result<Report, Failure> {
    deps.run(&call).await
}
