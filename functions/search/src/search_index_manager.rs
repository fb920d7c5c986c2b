//! `search-index-manager`: looks after the index.
//!
//! CloudFormation calls it as a custom resource, so that a deployment ends with an index of its schema.
//! A schedule calls it to tend the index: a reindex that was left is gone on with, else pages and index are
//! compared. The state machine of `statemachines/reindex.asl.json` calls it step by step: it begins a reindex, works on
//! its parts at once, and advances it. People ask for progress, give one up, compare. What does not finish in one call
//! answers so, and the next call goes on.

mod custom_resource;

use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::{Value, json};
use souk_runtime::task::TaskError;
use souk_search::{ComparisonReport, Keeper, KeeperError, ReindexReport};

use custom_resource::LifecycleEvent;
use souk_wiring::{Call, FromEnvironment, metrics};

/// It stops in good time before the function's timeout.
const WORKS_FOR: Duration = Duration::from_secs(12 * 60);
/// A deployment waits for another worker's reindex, and asks so often whether it is done.
const ASKS_EVERY: Duration = Duration::from_secs(2);

/// The keeper of the index.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    keeper: Keeper,
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

/// What people and schedules ask for.
#[derive(Debug, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub enum Command {
    /// Make sure that there is an index of the present schema.
    Ensure,
    /// Fill a new index and search that one from then on, all in this call.
    Reindex,
    /// Begin a reindex, or go on with one that was left.
    BeginReindex {
        /// Who will work on it: nobody else can meanwhile.
        owner: String,
    },
    /// Begin to fill up the index that was searched before, to search it again.
    BeginRestore {
        /// Who will work on it.
        owner: String,
    },
    /// Work on a part of what was begun.
    WorkOnReindex {
        /// Who has begun it.
        owner: String,
        /// Which part.
        part: u32,
    },
    /// Take the next turn, once all parts are through.
    AdvanceReindex {
        /// Who has begun it.
        owner: String,
    },
    /// Give up what cannot be gone on with.
    FailReindex {
        /// Who has begun it.
        owner: String,
        /// The error's name.
        error: String,
    },
    /// Tell how far a reindex has come.
    ReindexProgress,
    /// Give up a reindex that is under way.
    AbortReindex,
    /// Compare the index with the pages and repair it.
    Compare,
    /// Go on with what was left, else compare.
    Tend,
}

/// Does what is asked and answers what was done.
///
/// # Errors
/// `KeeperBusy`, `ReindexFailed`, `SearchUnavailable` and others; repeating is safe.
pub async fn handle(deps: &Deps, input: Input, _: Call) -> Result<Value, TaskError> {
    let (keeper, until) = (&deps.keeper, Instant::now() + WORKS_FOR);
    match input {
        Input::Lifecycle(event) => {
            let result = if event.is_deletion() { Ok(json!({})) } else { ensure(keeper, until).await };
            custom_resource::answer(&event, &result).await?;
            result
        }
        Input::Command(command) => obey(keeper, command, until).await,
    }
}

async fn obey(keeper: &Keeper, command: Command, until: Instant) -> Result<Value, TaskError> {
    match command {
        Command::Ensure => ensure(keeper, until).await,
        Command::BeginReindex { owner } => begin(keeper, &owner, false).await,
        Command::BeginRestore { owner } => begin(keeper, &owner, true).await,
        Command::WorkOnReindex { owner, part } => {
            Ok(json!(keeper.work_on_reindex(&owner, part, until).await.map_err(failure)?))
        }
        Command::AdvanceReindex { owner } => told(&owner, keeper.advance_reindex(&owner).await),
        Command::FailReindex { owner, error } => {
            keeper.fail_reindex(&owner, &error).await.map_err(failure)?;
            Ok(json!({}))
        }
        Command::ReindexProgress => Ok(json!(keeper.reindex_progress().await.map_err(failure)?)),
        Command::Reindex => Ok(json!(keeper.reindex(until).await.map_err(failure)?)),
        Command::AbortReindex => Ok(json!({ "aborted": keeper.abort_reindex().await.map_err(failure)? })),
        Command::Compare => compare(keeper, until).await,
        Command::Tend => {
            let done = tend(keeper, until).await?;
            metrics::completed();
            Ok(done)
        }
    }
}

async fn begin(keeper: &Keeper, owner: &str, restores: bool) -> Result<Value, TaskError> {
    told(owner, keeper.begin_reindex(owner, keeper.parts(), restores).await)
}

/// The state machine hands on who has begun it.
fn told(owner: &str, report: Result<ReindexReport, KeeperError>) -> Result<Value, TaskError> {
    let mut told = json!(report.map_err(failure)?);
    told["owner"] = json!(owner);
    Ok(told)
}

async fn tend(keeper: &Keeper, until: Instant) -> Result<Value, TaskError> {
    if keeper.is_reindexing().await.map_err(failure)? {
        return match keeper.reindex(until).await {
            // Whoever is at it goes on with it.
            Err(KeeperError::Busy { .. }) => Ok(json!(keeper.reindex_progress().await.map_err(failure)?)),
            other => Ok(json!(other.map_err(failure)?)),
        };
    }
    keeper.remove_leftovers().await.map_err(failure)?;
    compare(keeper, until).await
}

/// Makes sure that an index of the present schema is searched: else one is filled, and the old one goes on
/// being searched meanwhile. A very large catalogue is not done within the time; the schedule goes on.
async fn ensure(keeper: &Keeper, until: Instant) -> Result<Value, TaskError> {
    loop {
        if let Some(index) = keeper.current().await.map_err(failure)? {
            return Ok(json!({ "index": index }));
        }
        match keeper.reindex(until).await {
            Err(KeeperError::Busy { .. }) if Instant::now() + ASKS_EVERY < until => {
                tokio::time::sleep(ASKS_EVERY).await;
            }
            // It may have been one of an older schema that was all but done.
            Ok(report) if report.done => {}
            other => return Ok(json!({ "index": other.map_err(failure)?.index })),
        }
    }
}

async fn compare(keeper: &Keeper, until: Instant) -> Result<Value, TaskError> {
    let report = keeper.compare(until).await.map_err(failure)?;
    if report.complete {
        count(&report);
    }
    Ok(json!(report))
}

fn count(ComparisonReport { counts, .. }: &ComparisonReport) {
    let numbers = [
        ("pages", counts.pages),
        ("documents", counts.documents),
        ("missing", counts.missing),
        ("stale", counts.stale),
        ("surplus", counts.surplus),
        ("ahead", counts.ahead),
        ("differences", counts.differences()),
        ("left", counts.left),
        ("refused", counts.refused),
        ("unreadable", counts.unreadable),
    ];
    metrics::emit("compare-index", "Count", &numbers.map(|(name, number)| (name, number as f64)));
}

fn failure(error: KeeperError) -> TaskError {
    let name = match &error {
        KeeperError::Busy { .. } => "KeeperBusy",
        KeeperError::Overtaken(_) => "KeeperOvertaken",
        KeeperError::TooLate => "TooLate",
        KeeperError::Failed(_) => "ReindexFailed",
        KeeperError::NothingKept => "NothingKept",
        KeeperError::Store(_) => "StoreUnavailable",
        KeeperError::Index(_) => "SearchUnavailable",
    };
    TaskError::new(name, error)
}
