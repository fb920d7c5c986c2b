//! Restarts the saga of every order whose decision stock and money have not followed yet, whatever
//! was lost: a start, an execution, a webhook.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use souk_domain::{
    ids::OrderId,
    order::{Order, SWEEP_SHARDS},
};
use souk_dynamo::{Item, Page, StoreError};
use souk_orders::{Orders, Saga};
use souk_runtime::{ConfigError, Environment, FromEnvironment, queue::Failure};

use super::sweep::{Backlog, Budget, Report, sweep};
use crate::dependencies;

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
/// Where no shard can be read.
pub async fn handle(deps: &'static Deps) -> Result<Report, Failure> {
    run(deps, souk_runtime::now()).await
}

/// As [`handle`], at a time of the caller's.
///
/// # Errors
/// As [`handle`].
pub async fn run(deps: &Deps, now: Timestamp) -> Result<Report, Failure> {
    sweep(deps, now).await
}

impl Backlog for Deps {
    const BUDGET: Budget = Budget { candidates: 1_000, within: Duration::from_secs(40) };
    type Candidate = OrderId;

    fn shards() -> Vec<String> {
        (0..SWEEP_SHARDS).map(Order::sweep_shard_name).collect()
    }

    async fn page(&self, shard: &str, now: Timestamp, after: Option<Item>) -> Result<Page<OrderId>, StoreError> {
        self.orders.unsettled(shard, now - self.grace, after).await
    }

    async fn take_up(&self, order_id: &OrderId, _now: Timestamp) -> Result<&'static str, Failure> {
        self.saga.start(order_id).await?;
        Ok("started")
    }
}
