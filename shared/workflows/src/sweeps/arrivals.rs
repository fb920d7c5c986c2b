//! Takes orders for delivered that have been on their way for so many days: no carrier tells the shop.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use souk_domain::{
    ids::OrderId,
    order::{Actor, Order, SWEEP_SHARDS},
};
use souk_dynamo::{Item, Page, StoreError};
use souk_orders::ReviseOutcome;
use souk_wiring::{Call, ConfigError, Environment, FromEnvironment};

use super::{Backlog, Budget, Report, sweep};
use crate::{Failure, deliver_order::DeliverOrder};

/// The orders, and how long a parcel takes at the longest.
#[derive(Debug)]
pub struct SweepArrivals {
    deliver: DeliverOrder,
    /// None where nothing is delivered by itself.
    after: Option<SignedDuration>,
}

impl FromEnvironment for SweepArrivals {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        let days: i64 = environment.parse("DELIVER_AFTER_DAYS")?;
        let after = (days > 0).then(|| SignedDuration::from_hours(24 * days));
        Ok(Self { deliver: DeliverOrder::from_environment(environment).await?, after })
    }
}

impl SweepArrivals {
    /// Goes through all shards; one order's failure does not stop the others.
    ///
    /// # Errors
    /// Where no shard can be read.
    pub async fn run(&self, call: &Call) -> Result<Report, Failure> {
        match self.after {
            Some(_) => sweep(self, call.now).await,
            None => Ok(Report::default()),
        }
    }
}

impl Backlog for SweepArrivals {
    const BUDGET: Budget = Budget { candidates: 1_000, within: Duration::from_secs(40) };
    type Candidate = OrderId;

    fn shards() -> Vec<String> {
        (0..SWEEP_SHARDS).map(Order::sweep_shard_name).collect()
    }

    async fn page(&self, shard: &str, now: Timestamp, after: Option<Item>) -> Result<Page<OrderId>, StoreError> {
        match self.after {
            Some(days) => self.deliver.orders.on_the_way(shard, now - days, after).await,
            None => Ok(Page { items: Vec::new(), next: None }),
        }
    }

    async fn process(&self, order_id: &OrderId, now: Timestamp) -> Result<&'static str, Failure> {
        Ok(match self.deliver.run(order_id, Actor::Sweeper, &Call::at(now)).await? {
            ReviseOutcome::Revised(_) => "delivered",
            ReviseOutcome::Refused(..) | ReviseOutcome::Unknown => "not_shipped",
        })
    }
}
