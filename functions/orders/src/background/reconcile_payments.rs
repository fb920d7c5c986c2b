//! Compares the gateway's payments with orders and records, and repairs what can be.

use souk_wiring::Call;
pub use souk_workflows::reconcile_payments::ReconcilePayments as Deps;
use souk_workflows::{Failure, reconcile_payments::Report};

/// Runs it once.
///
/// # Errors
/// As the use case.
pub async fn handle(deps: &Deps, call: Call) -> Result<Report, Failure> {
    deps.run(&call).await
}
