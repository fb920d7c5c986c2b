//! The timer's backstop: frees expired reservations whose message was lost.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use souk_domain::{
    ids::ReservationId,
    reservation::{HELD_SHARDS, held_shard},
};
use souk_dynamo::{Item, Page, StoreError};
use souk_inventory::Reservations;
use souk_orders::Saga;
use souk_runtime::{ConfigError, Environment, FromEnvironment, queue::Failure};

use super::{
    expiry::{Expiry, expire},
    sweep::{Backlog, Budget, Report, sweep},
};
use crate::dependencies;

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
    type Candidate = ReservationId;

    fn shards() -> Vec<String> {
        (0..HELD_SHARDS).map(held_shard).collect()
    }

    async fn page(&self, shard: &str, now: Timestamp, after: Option<Item>) -> Result<Page<ReservationId>, StoreError> {
        self.reservations.held_expired(shard, now - self.grace, after).await
    }

    async fn take_up(&self, id: &ReservationId, now: Timestamp) -> Result<&'static str, Failure> {
        Ok(match expire(&self.reservations, &self.saga, id, now).await? {
            Expiry::Over => "over",
            Expiry::LeftToSaga => "left_to_saga",
            Expiry::NotYet(_) => "not_yet",
        })
    }
}
