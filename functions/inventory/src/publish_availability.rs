//! `publish-availability`: the stream of stock rows → hints of how many units are left, and rows that are to be seen to.
//!
//! Changes are gathered for some seconds; within a batch each SKU is read once, as it stands then, and each row that has
//! grown is named once. Rows that are new are not waited for: `ledger-writer`, which has no window, publishes them (a
//! stream bears two readers, and those are the two).

use souk_runtime::stream::{BatchResult, Record};
use souk_wiring::{Call, FromEnvironment};

use crate::{
    grown_rows::{GrownRows, grown_rows},
    hints::{Hints, of_changed_rows},
    row_changes::row_changes,
};

/// What hints are published with, and whoever maintains rows.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    hints: Hints,
    grown: GrownRows,
}

/// Publishes a batch, and names its rows. What is published twice carries the same version or a newer one.
///
/// # Errors
/// The first record whose SKU was not published, or whose row was not named.
pub async fn handle(deps: &Deps, records: Vec<Record>, call: Call) -> BatchResult {
    let changes = row_changes(&records)?;
    let (changed, grown) = (of_changed_rows(&changes), grown_rows(&changes));
    let published = deps.hints.publish(changed, call.now).await;
    let named = deps.grown.name(grown).await;
    match (published, named) {
        (Err(hint), Err(row)) => Err(if hint.0 <= row.0 { hint } else { row }),
        (published, named) => published.and(named),
    }
}
