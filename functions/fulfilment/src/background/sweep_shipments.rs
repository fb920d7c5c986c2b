//! Resumes shipments that were begun.

use souk_wiring::Call;
pub use souk_workflows::sweeps::shipments::SweepShipments as Deps;
use souk_workflows::{Failure, sweeps::Report};

/// Runs it once.
///
/// # Errors
/// As the use case.
pub async fn handle(deps: &Deps, call: Call) -> Result<Report, Failure> {
    deps.run(&call).await
}
