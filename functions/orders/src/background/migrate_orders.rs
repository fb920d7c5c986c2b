//! Orders of the first edition of the protocol learn what left from where. An operator runs it: `make migrate-orders`.

use souk_wiring::Call;
pub use souk_workflows::migrate_orders::MigrateOrders as Deps;
use souk_workflows::{Failure, migrate_orders::Report};

/// Runs it once.
///
/// # Errors
/// As the use case.
pub async fn handle(deps: &Deps, call: Call) -> Result<Report, Failure> {
    Ok(deps.run(&call).await?)
}
