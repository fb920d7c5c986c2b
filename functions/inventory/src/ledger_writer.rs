//! `ledger-writer`: the stream of stock rows → the ledger. Each version of a row is one movement.
//!
//! It reads the stream without waiting, so it also publishes the first hint of a row that is new.

use souk_domain::stock::StockRow;
use souk_inventory::Ledger;
use souk_runtime::stream::{BatchResult, Record, each};
use souk_wiring::{Call, FromEnvironment};

use crate::{
    hints::{Hints, of_new_rows},
    row_changes::row_changes,
};

/// How many entries are written at once: they do not depend on one another.
const AT_ONCE: usize = 8;

/// The ledger, and what hints are published with.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    ledger: Ledger,
    hints: Hints,
}

/// Records a batch, then publishes hints of the rows that are new in it. A repeated record writes the same entry
/// again, and a hint that is published twice carries the same version or a newer one.
///
/// # Errors
/// The first record that was not recorded or not published.
pub async fn handle(deps: &Deps, records: Vec<Record>, call: Call) -> BatchResult {
    let recorded = each(records.clone(), AT_ONCE, async |record| {
        if let Some(row) = record.new_image::<StockRow>()? {
            deps.ledger.record(&row).await?;
        }
        Ok(())
    })
    .await;
    // The records before a failed one do not come back: their hints are published now or never.
    let done = recorded.as_ref().map_or_else(|(failed, _)| *failed, |()| records.len());
    deps.hints.publish(of_new_rows(&row_changes(&records[..done])?), call.now).await?;
    recorded
}
