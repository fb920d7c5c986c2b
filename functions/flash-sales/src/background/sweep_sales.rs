//! The sweeper: whatever a sale is owed and nobody did.

use souk_wiring::Call;
pub use souk_workflows::sweeps::flash_sales::SweepFlashSales as Deps;
use souk_workflows::{Failure, sweeps::flash_sales::Report};

/// Goes through all sales that are not over.
///
/// # Errors
/// Where the list of sales cannot be read.
pub async fn handle(deps: &Deps, call: Call) -> Result<Report, Failure> {
    deps.run(&call).await
}
