use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use souk_domain::{ids::OrderId, order::Tracking};
use souk_dynamo::{StoreError, Table};
use souk_wiring::FromEnvironment;

/// How long a carrier's word finds its parcel. Carriers use their numbers again after a year.
const RETENTION: SignedDuration = SignedDuration::from_hours(24 * 180);

/// The `parcels` table (key `tracking`, `order_id`): whose order a parcel belongs to, by what its carrier calls it. What
/// became of it stands in the order. Two orders may go in one box.
#[derive(Debug, Clone, FromEnvironment)]
pub struct Parcels {
    #[variable("PARCELS_TABLE")]
    table: Table,
}

#[derive(Serialize)]
struct Stored<'a> {
    tracking: String,
    order_id: &'a OrderId,
    ttl: i64,
}

#[derive(Deserialize)]
struct Found {
    order_id: OrderId,
}

impl Parcels {
    /// The parcels in this table.
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// Keeps which order a parcel belongs to. Repeating it changes nothing but until when it is known.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn keep(&self, tracking: &Tracking, order_id: &OrderId, now: Timestamp) -> Result<(), StoreError> {
        let ttl = (now + RETENTION).as_second();
        self.table.put(&Stored { tracking: tracking.to_string(), order_id, ttl }).await
    }

    /// The orders whose parcel this is, or was before its label was corrected; none of a number that is not ours.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn orders_of(&self, tracking: &Tracking) -> Result<Vec<OrderId>, StoreError> {
        let found: Vec<Found> = self.table.partition("tracking", &tracking.to_string()).await?;
        Ok(found.into_iter().map(|found| found.order_id).collect())
    }
}
