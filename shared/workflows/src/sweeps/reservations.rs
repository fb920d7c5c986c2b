//! The timer's backstop: frees expired reservations whose message was lost.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use souk_domain::{
    ids::ReservationId,
    reservation::{HELD_SHARDS, held_shard},
};
use souk_dynamo::{Item, Page, StoreError};
use souk_wiring::{Call, FromEnvironment};

use super::{Backlog, Budget, Report, sweep};
use crate::{
    Failure,
    expire_reservation::{ExpireReservation, Expiry},
};

/// Reservations and the saga.
#[derive(Debug, FromEnvironment)]
pub struct SweepReservations {
    expire: ExpireReservation,
    #[variable("SWEEP_AFTER_SECONDS")]
    grace: SignedDuration,
}

impl SweepReservations {
    /// Goes through all shards; one reservation's failure does not stop the others.
    ///
    /// # Errors
    /// Where no shard can be read.
    pub async fn run(&self, call: &Call) -> Result<Report, Failure> {
        sweep(self, call.now).await
    }
}

impl Backlog for SweepReservations {
    const BUDGET: Budget = Budget { candidates: 20_000, at_once: 8, within: Duration::from_secs(40) };
    type Candidate = ReservationId;

    fn shards() -> Vec<String> {
        (0..HELD_SHARDS).map(held_shard).collect()
    }

    async fn page(&self, shard: &str, now: Timestamp, after: Option<Item>) -> Result<Page<ReservationId>, StoreError> {
        self.expire.reservations.held_expired(shard, now - self.grace, after).await
    }

    async fn process(&self, id: &ReservationId, now: Timestamp) -> Result<&'static str, Failure> {
        Ok(match self.expire.run(id, now).await? {
            Expiry::Over => "over",
            Expiry::LeftToSaga => "left_to_saga",
            Expiry::NotYet(_) => "not_yet",
        })
    }
}
