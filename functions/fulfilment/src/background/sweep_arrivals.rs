//! Takes orders for delivered that have been on their way for long.

use souk_wiring::Call;
pub use souk_workflows::sweeps::arrivals::SweepArrivals as Deps;
use souk_workflows::{Failure, sweeps::Report};

/// Runs it once.
///
/// # Errors
/// As the use case.
pub async fn handle(deps: &Deps, call: Call) -> Result<Report, Failure> {
    deps.run(&call).await
}
