//! What carriers say of parcels. A parcel that has left is entered under its carrier and its number, by the order's event;
//! the carrier's word finds the order there, and the order's own rule says what it means.
//!
//! The order is the one record of what has arrived: a word that is repeated, late or overtaken changes nothing, and
//! writes nothing.

use jiff::Timestamp;
use souk_domain::{
    ids::OrderId,
    order::{Label, Order, Tracking},
};
use souk_dynamo::StoreError;
use souk_fulfilment::Parcels;
use souk_orders::{Orders, ReviseOutcome};
use souk_wiring::{Call, FromEnvironment};

/// Enters parcels, so that their carriers' words find them.
#[derive(Debug, FromEnvironment)]
pub struct EnterParcels {
    parcels: Parcels,
}

/// Takes carriers' words.
#[derive(Debug, FromEnvironment)]
pub struct TrackParcels {
    parcels: Parcels,
    orders: Orders,
}

/// What a carrier's word came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrackOutcome {
    /// A parcel of so many orders has arrived, now or before.
    Arrived(usize),
    /// No parcel of ours bears this number, or it has not left.
    NotOurs,
}

impl EnterParcels {
    /// A use case of these parts.
    pub fn new(parcels: Parcels) -> Self {
        Self { parcels }
    }

    /// Enters an order's parcels by their labels: one write each, apart from the order's own path.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn run(&self, order_id: &OrderId, labels: &[Label], call: &Call) -> Result<(), StoreError> {
        for label in labels {
            self.parcels.keep(&Tracking::of(label), order_id, call.now).await?;
        }
        Ok(())
    }
}

impl TrackParcels {
    /// A use case of these parts.
    pub fn new(parcels: Parcels, orders: Orders) -> Self {
        Self { parcels, orders }
    }

    /// A carrier says that a parcel has arrived; with an order's last one, the order is delivered. Repeating it changes
    /// nothing.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn arrived(
        &self,
        tracking: &Tracking,
        arrived_at: Timestamp,
        call: &Call,
    ) -> Result<TrackOutcome, StoreError> {
        let rule = |order: &mut Order| order.deliver_tracked(tracking, arrived_at, call.now);
        let mut arrived = 0;
        for order_id in self.parcels.orders_of(tracking).await? {
            match self.orders.revise(&order_id, rule).await? {
                ReviseOutcome::Revised(_) => arrived += 1,
                // Its label was corrected since, or the order ended long ago.
                ReviseOutcome::Refused(..) | ReviseOutcome::Unknown => {}
            }
        }
        Ok(if arrived > 0 { TrackOutcome::Arrived(arrived) } else { TrackOutcome::NotOurs })
    }
}
