//! The timer's backstop: frees expired reservations whose message was lost.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use souk_domain::reservation::{HELD_SHARDS, held_shard};
use souk_inventory::Reservations;
use souk_orders::Saga;
use souk_runtime::{ConfigError, Environment, FromEnvironment, queue::Failure};

use super::expiry::{Expiry, expire};
use crate::dependencies;

/// How many of a shard one run takes up: what is left waits for the next run.
const PER_SHARD: u16 = 50;

/// Reservations and the saga.
#[derive(Debug)]
pub struct Deps {
    reservations: Reservations,
    saga: Saga,
    grace: SignedDuration,
}

impl FromEnvironment for Deps {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self {
            reservations: dependencies::reservations(environment)?,
            saga: dependencies::saga(environment)?,
            grace: SignedDuration::from_secs(environment.parse("SWEEP_AFTER_SECONDS")?),
        })
    }
}

/// What a run did.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    found: usize,
    over: usize,
    left_to_saga: usize,
    failed: usize,
}

/// Runs the function until its instance ends.
///
/// # Errors
/// Where it cannot start, or the runtime API fails.
pub fn serve() -> Result<(), souk_runtime::Error> {
    souk_runtime::schedule::serve(handle)
}

/// Goes through all shards; one reservation's failure does not stop the others.
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
    for shard in (0..HELD_SHARDS).map(held_shard) {
        for reservation_id in deps.reservations.held_expired(&shard, now - deps.grace, PER_SHARD).await? {
            report.found += 1;
            match expire(&deps.reservations, &deps.saga, &reservation_id, now).await {
                Ok(Expiry::Over) => report.over += 1,
                Ok(Expiry::LeftToSaga) => report.left_to_saga += 1,
                Ok(Expiry::NotYet(_)) => {}
                Err(error) => {
                    report.failed += 1;
                    tracing::error!(reservation_id = %reservation_id, error = %error, "an expired reservation could not be ended");
                }
            }
        }
    }
    Ok(report)
}
