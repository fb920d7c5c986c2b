//! Rows of stock forget what they remember of checkouts that are over, and cold ones are merged, where no stream said so.

use souk_wiring::Call;
pub use souk_workflows::maintain_rows::MaintainRows as Deps;
use souk_workflows::{Failure, maintain_rows::Report};

/// Runs it once.
///
/// # Errors
/// As the use case.
pub async fn handle(deps: &Deps, call: Call) -> Result<Report, Failure> {
    Ok(deps.run(&call).await?)
}
