//! Takes orders for delivered that have been on their way for so many days: no carrier tells the shop.

use std::time::Duration;

use jiff::Timestamp;
use souk_domain::{
    ids::OrderId,
    order::{Actor, Order, SWEEP_SHARDS},
};
use souk_dynamo::{Item, Page, StoreError};
use souk_orders::ReviseOutcome;
use souk_wiring::{Call, Days, FromEnvironment};

use super::{Backlog, Budget, Report, sweep};
use crate::{Failure, deliver_order::DeliverOrder};

/// The orders, and how long a parcel takes at the longest.
#[derive(Debug, FromEnvironment)]
pub struct SweepArrivals {
    deliver: DeliverOrder,
    #[variable("DELIVER_AFTER_DAYS")]
    after: Days,
}

impl SweepArrivals {
    /// Goes through all shards; one order's failure does not stop the others.
    ///
    /// # Errors
    /// Where no shard can be read.
    pub async fn run(&self, call: &Call) -> Result<Report, Failure> {
        sweep(self, call.now).await
    }
}

impl Backlog for SweepArrivals {
    const BUDGET: Budget = Budget { candidates: 60_000, at_once: 32, within: Duration::from_secs(40) };
    type Candidate = OrderId;

    fn shards() -> Vec<String> {
        (0..SWEEP_SHARDS).map(Order::sweep_shard_name).collect()
    }

    async fn page(&self, shard: &str, now: Timestamp, after: Option<Item>) -> Result<Page<OrderId>, StoreError> {
        let Days(days) = self.after;
        self.deliver.orders.on_the_way(shard, now - days, after).await
    }

    async fn process(&self, order_id: &OrderId, now: Timestamp) -> Result<&'static str, Failure> {
        Ok(match self.deliver.run(order_id, Actor::Sweeper, &Call::at(now)).await? {
            ReviseOutcome::Revised(_) => "delivered",
            ReviseOutcome::Refused(..) | ReviseOutcome::Unknown => "not_shipped",
        })
    }
}
