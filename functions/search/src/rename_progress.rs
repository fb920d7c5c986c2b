//! `rename-progress`: how far the renames of the last days have come. For people.

use serde::Serialize;
use serde_json::Value;
use souk_runtime::task::TaskError;
use souk_search::{Pages, RenameReport};
use souk_wiring::{Call, FromEnvironment};

/// The pages, beside which it is kept.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    pages: Pages,
}

/// What is answered.
#[derive(Debug, Serialize)]
pub struct Renames {
    /// The newest first.
    renames: Vec<RenameReport>,
}

/// Answers with what is known.
///
/// # Errors
/// `StoreUnavailable` and its like.
pub async fn handle(deps: &Deps, _: Value, _: Call) -> Result<Renames, TaskError> {
    Ok(Renames { renames: deps.pages.renames().await? })
}
