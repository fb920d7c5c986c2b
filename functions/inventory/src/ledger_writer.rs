//! `ledger-writer`: the stream of stock rows → the ledger. Each version of a row is one movement.

use souk_domain::stock::StockRow;
use souk_inventory::Ledger;
use souk_runtime::{
    ConfigError, Environment, FromEnvironment,
    stream::{BatchResult, Record, each},
};

/// How many entries are written at once: they do not depend on one another.
const AT_ONCE: usize = 8;

/// The ledger.
#[derive(Debug)]
pub struct Deps {
    ledger: Ledger,
}

impl FromEnvironment for Deps {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self { ledger: Ledger::new(environment.table("LEDGER_TABLE")?) })
    }
}

/// Runs the function until its instance ends.
///
/// # Errors
/// Where it cannot start, or the runtime API fails.
pub fn serve() -> Result<(), souk_runtime::Error> {
    souk_runtime::stream::serve(handle)
}

/// Records a batch. A repeated record writes the same entry again.
///
/// # Errors
/// The first record that was not recorded.
pub async fn handle(deps: &'static Deps, records: Vec<Record>) -> BatchResult {
    each(records, AT_ONCE, async |record| {
        if let Some(row) = record.new_image::<StockRow>()? {
            deps.ledger.record(&row).await?;
        }
        Ok(())
    })
    .await
}
