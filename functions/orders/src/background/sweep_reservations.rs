//! The timer's backstop: frees expired reservations whose message was lost.

use souk_wiring::Call;
pub use souk_workflows::sweeps::reservations::SweepReservations as Deps;
use souk_workflows::{Failure, sweeps::Report};

/// Runs it once.
///
/// # Errors
/// As the use case.
pub async fn handle(deps: &Deps, call: Call) -> Result<Report, Failure> {
    deps.run(&call).await
}
