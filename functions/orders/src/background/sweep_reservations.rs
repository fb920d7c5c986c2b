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
use souk_runtime::queue::Failure;
use souk_wiring::{Call, FromEnvironment};

use super::{
    expiry::{Expiry, expire},
    sweep::{Backlog, Budget, Report, sweep},
};

/// Reservations and the saga.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    reservations: Reservations,
    saga: Saga,
    #[variable("SWEEP_AFTER_SECONDS")]
    grace: SignedDuration,
}

/// Goes through all shards; one reservation's failure does not stop the others.
///
/// # Errors
/// Where no shard can be read.
pub async fn handle(deps: &Deps, Call { now, .. }: Call) -> Result<Report, Failure> {
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
