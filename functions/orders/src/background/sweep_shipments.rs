//! Resumes shipments whose call died between taking the money and saying that the order has left.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use souk_domain::order::{Order, SWEEP_SHARDS};
use souk_runtime::{ConfigError, Environment, FromEnvironment, queue::Failure};

use crate::shipping::{ShipOutcome, Shipping};

/// How many of a shard one run takes up: what is left waits for the next run.
const PER_SHARD: i32 = 20;

/// What a shipment touches.
#[derive(Debug)]
pub struct Deps {
    shipping: Shipping,
    grace: SignedDuration,
}

impl FromEnvironment for Deps {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self {
            shipping: Shipping::from_environment(environment).await?,
            grace: SignedDuration::from_secs(environment.parse("SWEEP_AFTER_SECONDS")?),
        })
    }
}

/// What a run did.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    found: usize,
    shipped: usize,
    not_shipped: usize,
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
    let mut report = Report::default();
    for shard in (0..SWEEP_SHARDS).map(Order::sweep_shard_name) {
        for order_id in deps.shipping.payments.capturing(&shard, now - deps.grace, PER_SHARD).await? {
            report.found += 1;
            match deps.shipping.ship(&order_id, now).await {
                Ok(ShipOutcome::Shipped(_)) => report.shipped += 1,
                Ok(outcome) => {
                    report.not_shipped += 1;
                    tracing::warn!(%order_id, ?outcome, "a shipment that was begun cannot be finished");
                }
                Err(error) => {
                    report.failed += 1;
                    tracing::error!(%order_id, %error, "a shipment could not be resumed");
                }
            }
        }
    }
    Ok(report)
}
