//! `search-index-manager`: makes sure that there is an index, and fills a new one beside the old.
//!
//! CloudFormation calls it as a custom resource, so that a deployment ends with an index; people and
//! schedules call it with `{"action": "ensure"}` or `{"action": "reindex"}`. A reindex that does not
//! finish in one call answers how far it got: call again with that answer as `continue`.

mod custom_resource;

use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use souk_runtime::{ConfigError, Environment, FromEnvironment, task::TaskError};
use souk_search::{Pages, Reindex, ReindexError, SearchIndex};

use crate::dependencies;
use custom_resource::LifecycleEvent;

/// A reindex stops in good time before the function's timeout and tells how to go on.
const REINDEX_FOR: Duration = Duration::from_secs(45);

/// The index, and the pages that it is filled from.
#[derive(Debug)]
pub struct Deps {
    index: SearchIndex,
    pages: Pages,
}

/// What it is asked to do.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Input {
    /// By CloudFormation.
    Lifecycle(LifecycleEvent),
    /// By somebody else.
    Command(Command),
}

/// What people ask for.
#[derive(Debug, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub enum Command {
    /// Make sure that there is an index.
    Ensure,
    /// Fill a new index and search that one from then on.
    Reindex {
        /// How far it has got; absent at the beginning.
        #[serde(default)]
        r#continue: Option<Reindex>,
    },
}

impl FromEnvironment for Deps {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self { index: dependencies::index_of_domain(environment).await?, pages: dependencies::pages(environment)? })
    }
}

/// Runs the function until its instance ends.
///
/// # Errors
/// Where it cannot start, or the runtime API fails.
pub fn serve() -> Result<(), souk_runtime::Error> {
    souk_runtime::task::serve(handle)
}

/// Does what is asked and answers what was done.
///
/// # Errors
/// `SearchUnavailable` or `ReindexStuck`; repeating is safe.
pub async fn handle(deps: &'static Deps, input: Input) -> Result<Value, TaskError> {
    match input {
        Input::Lifecycle(event) => {
            let result = if event.is_deletion() { Ok(json!({})) } else { ensure(deps).await };
            custom_resource::answer(&event, &result).await?;
            result
        }
        Input::Command(Command::Ensure) => ensure(deps).await,
        Input::Command(Command::Reindex { r#continue }) => reindex(deps, r#continue).await,
    }
}

async fn ensure(deps: &Deps) -> Result<Value, TaskError> {
    let ensured = deps.index.ensure(&new_index_name()).await.map_err(|e| TaskError::new("SearchUnavailable", e))?;
    Ok(json!(ensured))
}

async fn reindex(deps: &Deps, so_far: Option<Reindex>) -> Result<Value, TaskError> {
    let stuck = |error: ReindexError| TaskError::new("ReindexStuck", error);
    let started = Instant::now();
    let mut reindex = match so_far {
        Some(reindex) => reindex,
        None => deps.index.begin_reindex(&new_index_name()).await.map_err(|error| stuck(error.into()))?,
    };
    while !reindex.done && started.elapsed() < REINDEX_FOR {
        reindex = deps.index.continue_reindex(&deps.pages, reindex).await.map_err(stuck)?;
    }
    Ok(json!(reindex))
}

fn new_index_name() -> String {
    format!("products-{}", Timestamp::now().as_millisecond())
}
