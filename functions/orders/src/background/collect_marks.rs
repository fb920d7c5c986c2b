//! Lets rows of stock forget what they remember of checkouts that are over, where no stream said so.

use souk_wiring::Call;
pub use souk_workflows::collect_marks::CollectMarks as Deps;
use souk_workflows::{Failure, collect_marks::Report};

/// Runs it once.
///
/// # Errors
/// As the use case.
pub async fn handle(deps: &Deps, call: Call) -> Result<Report, Failure> {
    Ok(deps.run(&call).await?)
}
