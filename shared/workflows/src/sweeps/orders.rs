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
use souk_wiring::{Call, FromEnvironment};

use super::{Backlog, Budget, Report, sweep};
use crate::Failure;

/// Orders and the saga.
#[derive(Debug, FromEnvironment)]
pub struct SweepOrders {
    orders: Orders,
    saga: Saga,
    #[variable("SWEEP_AFTER_SECONDS")]
    grace: SignedDuration,
}

impl SweepOrders {
    /// Goes through all shards; one order's failure does not stop the others.
    ///
    /// # Errors
    /// Where no shard can be read.
    pub async fn run(&self, call: &Call) -> Result<Report, Failure> {
        sweep(self, call.now).await
    }
}

/// A start takes some 20 ms.
pub(super) const BUDGET: Budget = Budget { candidates: 60_000, at_once: 32, within: Duration::from_secs(40) };

impl Backlog for SweepOrders {
    const BUDGET: Budget = BUDGET;
    type Candidate = OrderId;

    fn shards() -> Vec<String> {
        (0..SWEEP_SHARDS).map(Order::sweep_shard_name).collect()
    }

    async fn page(&self, shard: &str, now: Timestamp, after: Option<Item>) -> Result<Page<OrderId>, StoreError> {
        self.orders.unsettled(shard, now - self.grace, after).await
    }

    async fn process(&self, order_id: &OrderId, _now: Timestamp) -> Result<&'static str, Failure> {
        self.saga.start(order_id).await?;
        Ok("started")
    }
}
