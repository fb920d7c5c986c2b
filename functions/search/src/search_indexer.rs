//! `search-indexer`: the pages' stream becomes search documents.

use souk_runtime::{
    ConfigError, Environment, FromEnvironment,
    queue::Failure,
    stream::{BatchResult, Record},
};
use souk_search::{Page, SearchIndex};

use crate::dependencies::index;

/// The index.
#[derive(Debug)]
pub struct Deps {
    index: SearchIndex,
}

impl FromEnvironment for Deps {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self { index: index(environment)? })
    }
}

/// Runs the function until its instance ends.
///
/// # Errors
/// Where it cannot start, or the runtime API fails.
pub fn serve() -> Result<(), souk_runtime::Error> {
    souk_runtime::stream::serve(handle)
}

/// Indexes a batch in as few calls as possible.
///
/// # Errors
/// The first record of which a document was not taken.
pub async fn handle(deps: &'static Deps, records: Vec<Record>) -> BatchResult {
    let mut actions = Vec::new();
    // To which record an action belongs.
    let mut record_of = Vec::new();
    for (index, record) in records.iter().enumerate() {
        if let Some(page) = page_of(record).map_err(|error| (index, error))? {
            actions.extend(page.actions());
            record_of.resize(actions.len(), index);
        }
    }
    if actions.is_empty() {
        return Ok(());
    }
    let failures = deps.index.write(&actions).await.map_err(|error| (0, error.into()))?;
    for failure in &failures {
        tracing::error!(sku = failure.sku, reason = failure.reason, "a document was not taken");
    }
    match failures.into_iter().next() {
        Some(failure) => Err((record_of.get(failure.position).copied().unwrap_or_default(), failure.into())),
        None => Ok(()),
    }
}

/// Other items of the table are no pages, and pages are never removed.
fn page_of(record: &Record) -> Result<Option<Page>, Failure> {
    match record.key("pk") {
        Some(key) if key.starts_with("product#") => record.new_image(),
        _ => Ok(None),
    }
}
