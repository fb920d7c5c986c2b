//! Restarts the sagas of orders whose decision stock and money have not followed.

use souk_wiring::Call;
pub use souk_workflows::sweeps::orders::SweepOrders as Deps;
use souk_workflows::{Failure, sweeps::Report};

/// Runs it once.
///
/// # Errors
/// As the use case.
pub async fn handle(deps: &Deps, call: Call) -> Result<Report, Failure> {
    deps.run(&call).await
}
