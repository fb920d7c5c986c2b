//! `publish-availability`: the stream of stock rows → hints of how many units are left.
//!
//! The stream's batching window sets how often a SKU is told at most; within a batch each SKU is read
//! once and told once, as it stands then. Rows that are new are not waited for: `ledger-writer`, which has
//! no window, tells them (a stream bears two readers, and those are the two).

use souk_runtime::stream::{BatchResult, Record};
use souk_wiring::{Call, FromEnvironment};

use crate::hints::{Hints, of_changed_rows};

/// What hints are told with.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    hints: Hints,
}

/// Publishes a batch. What is told twice carries the same version or a newer one.
///
/// # Errors
/// The first record whose SKU was not told.
pub async fn handle(deps: &Deps, records: Vec<Record>, _: Call) -> BatchResult {
    deps.hints.tell(of_changed_rows(&records)?).await
}
