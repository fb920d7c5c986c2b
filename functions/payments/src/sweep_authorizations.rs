//! Looks after money that the gateway soon lets go of.

use souk_wiring::Call;
pub use souk_workflows::sweeps::authorizations::SweepAuthorizations as Deps;
use souk_workflows::{Failure, sweeps::Report};

/// Runs it once.
///
/// # Errors
/// As the use case.
pub async fn handle(deps: &Deps, call: Call) -> Result<Report, Failure> {
    deps.run(&call).await
}
