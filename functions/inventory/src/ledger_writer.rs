//! `ledger-writer`: the stream of stock rows → the ledger. Each version of a row is one movement.
//!
//! It reads the stream without waiting, so it also tells the first hint of a row that is new.

use souk_domain::stock::StockRow;
use souk_inventory::Ledger;
use souk_runtime::{
    ConfigError, Environment, FromEnvironment,
    stream::{BatchResult, Record, each},
};

use crate::hints::{Hints, of_new_rows};

/// How many entries are written at once: they do not depend on one another.
const AT_ONCE: usize = 8;

/// The ledger, and what hints are told with.
#[derive(Debug)]
pub struct Deps {
    ledger: Ledger,
    hints: Hints,
}

impl FromEnvironment for Deps {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self {
            ledger: Ledger::new(environment.table("LEDGER_TABLE")?),
            hints: Hints::from_environment(environment)?,
        })
    }
}

/// Runs the function until its instance ends.
///
/// # Errors
/// Where it cannot start, or the runtime API fails.
pub fn serve() -> Result<(), souk_runtime::Error> {
    souk_runtime::stream::serve(handle)
}

/// Records a batch, then tells of the rows that are new in it. A repeated record writes the same entry
/// again, and a hint that is told twice carries the same version or a newer one.
///
/// # Errors
/// The first record that was not recorded or not told.
pub async fn handle(deps: &'static Deps, records: Vec<Record>) -> BatchResult {
    let recorded = each(records.clone(), AT_ONCE, async |record| {
        if let Some(row) = record.new_image::<StockRow>()? {
            deps.ledger.record(&row).await?;
        }
        Ok(())
    })
    .await;
    // The records before a failed one do not come back: their rows are told now or never.
    let done = recorded.as_ref().map_or_else(|(failed, _)| *failed, |()| records.len());
    deps.hints.tell(of_new_rows(&records[..done])?).await?;
    recorded
}
