//! Restarts the saga of every order whose decision stock and money have not followed yet, whatever
//! was lost: a start, an execution, a webhook.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use souk_domain::order::{Order, SWEEP_SHARDS};
use souk_orders::{Orders, Saga};
use souk_runtime::{ConfigError, Environment, FromEnvironment, queue::Failure};

use crate::dependencies;

/// How many of a shard one run takes up: what is left waits for the next run.
const PER_SHARD: i32 = 50;

/// Orders and the saga.
#[derive(Debug)]
pub struct Deps {
    orders: Orders,
    saga: Saga,
    grace: SignedDuration,
}

impl FromEnvironment for Deps {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self {
            orders: dependencies::orders(environment)?,
            saga: dependencies::saga(environment)?,
            grace: SignedDuration::from_secs(environment.parse("SWEEP_AFTER_SECONDS")?),
        })
    }
}

/// What a run did.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    found: usize,
    started: usize,
    failed: usize,
}

/// Runs the function until its instance ends.
///
/// # Errors
/// Where it cannot start, or the runtime API fails.
pub fn serve() -> Result<(), souk_runtime::Error> {
    souk_runtime::schedule::serve(handle)
}

/// Goes through all shards; one order's failure does not stop the others.
///
/// # Errors
/// Where a shard cannot be read.
pub async fn handle(deps: &'static Deps) -> Result<Report, Failure> {
    run(deps, souk_runtime::now()).await
}

/// As [`handle`], at a time of the caller's.
///
/// # Errors
/// As [`handle`].
pub async fn run(deps: &Deps, now: Timestamp) -> Result<Report, Failure> {
    let before = now - deps.grace;
    let mut report = Report::default();
    for shard in (0..SWEEP_SHARDS).map(Order::sweep_shard_name) {
        for order_id in deps.orders.unsettled(&shard, before, PER_SHARD).await? {
            report.found += 1;
            match deps.saga.start(&order_id).await {
                Ok(()) => report.started += 1,
                Err(error) => {
                    report.failed += 1;
                    tracing::error!(order_id = %order_id, error = %error, "an unsettled order's saga could not be started");
                }
            }
        }
    }
    Ok(report)
}
