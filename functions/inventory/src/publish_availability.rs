//! `publish-availability`: the stream of stock rows → hints of how many units are left.
//!
//! Changes are gathered for some seconds; within a batch each SKU is read once, as it stands then. Rows that are
//! new are not waited for: `ledger-writer`, which has no window, publishes them (a stream bears two readers, and
//! those are the two).

use souk_runtime::stream::{BatchResult, Record};
use souk_wiring::{Call, FromEnvironment};

use crate::hints::{Hints, of_changed_rows};

/// What hints are published with.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    hints: Hints,
}

/// Publishes a batch. What is published twice carries the same version or a newer one.
///
/// # Errors
/// The first record whose SKU was not published.
pub async fn handle(deps: &Deps, records: Vec<Record>, call: Call) -> BatchResult {
    deps.hints.publish(of_changed_rows(&records)?, call.now).await
}
