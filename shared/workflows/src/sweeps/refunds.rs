//! Finishes refunds whose call died, and asks after those that are on their way.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use souk_domain::{
    ids::OrderId,
    order::{Order, SWEEP_SHARDS},
};
use souk_dynamo::{Item, Page, StoreError};
use souk_wiring::{Call, FromEnvironment};

use super::{Backlog, Budget, Report, sweep};
use crate::{Failure, settle_refunds::SettleRefunds};

/// What refunds touch.
#[derive(Debug, FromEnvironment)]
pub struct SweepRefunds {
    refunds: SettleRefunds,
    #[variable("SWEEP_AFTER_SECONDS")]
    grace: SignedDuration,
}

impl SweepRefunds {
    /// Goes through all shards; one order's failure does not stop the others.
    ///
    /// # Errors
    /// Where no shard can be read.
    pub async fn run(&self, call: &Call) -> Result<Report, Failure> {
        sweep(self, call.now).await
    }
}

impl Backlog for SweepRefunds {
    const BUDGET: Budget = Budget { candidates: 1_000, at_once: 8, within: Duration::from_secs(25) };
    type Candidate = OrderId;

    fn shards() -> Vec<String> {
        (0..SWEEP_SHARDS).map(Order::sweep_shard_name).collect()
    }

    async fn page(&self, shard: &str, now: Timestamp, after: Option<Item>) -> Result<Page<OrderId>, StoreError> {
        self.refunds.payments.refunds_due(shard, now - self.grace, after).await
    }

    async fn process(&self, order_id: &OrderId, now: Timestamp) -> Result<&'static str, Failure> {
        Ok(self.refunds.run(order_id, &Call::at(now)).await?)
    }
}
