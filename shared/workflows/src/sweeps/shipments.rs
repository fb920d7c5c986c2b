//! Resumes shipments whose call died between taking the money and saying that the order has left.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use souk_domain::{
    ids::OrderId,
    order::{Order, SWEEP_SHARDS},
};
use souk_dynamo::{Item, Page, StoreError};
use souk_wiring::{Call, FromEnvironment};

use super::{Backlog, Budget, Report, sweep};
use crate::{
    Failure,
    ship_order::{ShipOutcome, Shipping},
};

/// What a shipment touches.
#[derive(Debug, FromEnvironment)]
pub struct SweepShipments {
    shipping: Shipping,
    #[variable("SWEEP_AFTER_SECONDS")]
    grace: SignedDuration,
}

impl SweepShipments {
    /// Goes through all shards; one order's failure does not stop the others.
    ///
    /// # Errors
    /// Where no shard can be read.
    pub async fn run(&self, call: &Call) -> Result<Report, Failure> {
        sweep(self, call.now).await
    }
}

impl Backlog for SweepShipments {
    const BUDGET: Budget = Budget { candidates: 1_000, at_once: 8, within: Duration::from_secs(40) };
    type Candidate = OrderId;

    fn shards() -> Vec<String> {
        (0..SWEEP_SHARDS).map(Order::sweep_shard_name).collect()
    }

    async fn page(&self, shard: &str, now: Timestamp, after: Option<Item>) -> Result<Page<OrderId>, StoreError> {
        self.shipping.payments.capturing(shard, now - self.grace, after).await
    }

    async fn process(&self, order_id: &OrderId, now: Timestamp) -> Result<&'static str, Failure> {
        Ok(match self.shipping.resume(order_id, now).await? {
            ShipOutcome::Shipped(_) => "shipped",
            outcome => {
                tracing::warn!(%order_id, outcome = outcome.name(), "a shipment that was begun cannot be finished");
                "not_shipped"
            }
        })
    }
}
