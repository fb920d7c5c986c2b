use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use souk_domain::{
    ids::ReservationId,
    reservation::{Reservation, ReservationState},
};
use souk_dynamo::{Item, Page, StoreError, Table, TimeIndex};
use souk_wiring::FromEnvironment;

use crate::StockRows;

/// The sparse index of held reservations.
pub(crate) const HELD: TimeIndex = TimeIndex { name: "held-index", shard: "held", time: "expires_at" };
/// How long a reservation that no order ever had outlives its release.
const RETENTION: SignedDuration = SignedDuration::from_hours(24 * 7);

/// The `reservations` table (key `reservation_id`), for whoever never touches the rows.
#[derive(Debug, Clone, FromEnvironment)]
pub struct ReservationBook {
    #[variable("RESERVATIONS_TABLE")]
    pub(crate) table: Table,
}

/// The reservations with the rows that their units come out of. All that can be done without the rows,
/// it does as the [`ReservationBook`] that it holds.
#[derive(Debug, Clone, FromEnvironment)]
pub struct Reservations {
    book: ReservationBook,
    pub(crate) rows: StockRows,
}

impl std::ops::Deref for Reservations {
    type Target = ReservationBook;

    fn deref(&self) -> &ReservationBook {
        &self.book
    }
}

/// What the index holds of a reservation.
#[derive(Debug, Deserialize)]
pub(crate) struct Held {
    pub(crate) reservation_id: ReservationId,
}

impl Reservations {
    /// The reservations in this table, with these rows.
    pub fn new(table: Table, rows: StockRows) -> Self {
        Self { book: ReservationBook::new(table), rows }
    }
}

impl ReservationBook {
    /// The reservations in this table.
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// A reservation, read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn get(&self, id: &ReservationId) -> Result<Option<Reservation>, StoreError> {
        self.table.get(&[("reservation_id", id.as_str())]).await
    }

    /// Many reservations, read consistently; those that are not there are left out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn many(&self, ids: &[ReservationId]) -> Result<Vec<Reservation>, StoreError> {
        let keys: Vec<_> = ids.iter().map(|id| [("reservation_id", id.as_str())]).collect();
        self.table.read_many(&keys).await
    }

    /// A page of the held reservations of one shard (see [`souk_domain::reservation::held_shard`]) whose
    /// time has passed, oldest first. Only candidates: the index is eventual, and each step judges the
    /// reservation itself.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn held_expired(
        &self,
        shard: &str,
        now: Timestamp,
        after: Option<Item>,
    ) -> Result<Page<ReservationId>, StoreError> {
        let page = self.table.overdue::<Held>(HELD, shard, now.as_millisecond() + 1, after).await?;
        Ok(page.map(|held| held.reservation_id))
    }
}

/// A reservation as it is stored: with what stands beside it for the table's sake.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename = "RESERVATION")]
pub(crate) struct ReservationRecord<'a> {
    #[serde(flatten)]
    reservation: &'a Reservation,
    /// The index's partition, while it is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    held: Option<String>,
    /// Set once it was released and no order will ask for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl: Option<i64>,
}

impl<'a> ReservationRecord<'a> {
    pub(crate) fn of(reservation: &'a Reservation, now: Timestamp) -> Self {
        let is_over = reservation.state == ReservationState::Released && reservation.order_id.is_none();
        Self { reservation, held: reservation.held_shard(), ttl: is_over.then(|| (now + RETENTION).as_second()) }
    }
}
