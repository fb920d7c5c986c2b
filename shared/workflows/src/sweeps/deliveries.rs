//! Has webhooks sent whose time has come: those that were refused, that found no place, that are replayed, and those
//! whose message or sender was lost.

use std::time::Duration;

use jiff::Timestamp;
use souk_domain::ids::{EventId, WebhookId};
use souk_dynamo::{Item, Page, StoreError};
use souk_webhooks::{Deliveries, SWEEP_SHARDS, sweep_shard_name};
use souk_wiring::{Call, FromEnvironment};

use super::{Backlog, Budget, Report, sweep};
use crate::{DeliveryQueue, Failure};

/// What is delivered, and the queue of what is due.
#[derive(Debug, FromEnvironment)]
pub struct SweepDeliveries {
    deliveries: Deliveries,
    queue: DeliveryQueue,
}

/// An event, and to whom it is to be sent.
#[derive(Debug)]
pub struct Overdue {
    webhook_id: WebhookId,
    event_id: EventId,
}

impl std::fmt::Display for Overdue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} to {}", self.event_id, self.webhook_id)
    }
}

impl SweepDeliveries {
    /// A use case of these parts.
    pub fn new(deliveries: Deliveries, queue: DeliveryQueue) -> Self {
        Self { deliveries, queue }
    }

    /// Goes through all shards; one delivery's failure does not stop the others.
    ///
    /// # Errors
    /// Where no shard can be read.
    pub async fn run(&self, call: &Call) -> Result<Report, Failure> {
        sweep(self, call.now).await
    }
}

impl Backlog for SweepDeliveries {
    const BUDGET: Budget = Budget { candidates: 60_000, at_once: 32, within: Duration::from_secs(40) };
    type Candidate = Overdue;

    fn shards() -> Vec<String> {
        (0..SWEEP_SHARDS).map(sweep_shard_name).collect()
    }

    async fn page(&self, shard: &str, now: Timestamp, after: Option<Item>) -> Result<Page<Overdue>, StoreError> {
        let page = self.deliveries.overdue(shard, now, after).await?;
        Ok(page.map(|(webhook_id, event_id)| Overdue { webhook_id, event_id }))
    }

    async fn process(&self, overdue: &Overdue, now: Timestamp) -> Result<&'static str, Failure> {
        if !self.deliveries.bring(&overdue.webhook_id, &overdue.event_id, now).await? {
            return Ok("elsewhere");
        }
        self.queue.add(&overdue.webhook_id, &overdue.event_id).await?;
        Ok("brought")
    }
}
