//! What inventory publishes to the shop, and the timer that it sets itself.

use serde::{Deserialize, Serialize};
use souk_domain::ids::{ReservationId, Sku};

/// The source of inventory's events on the bus.
pub const SOURCE: &str = "souk.inventory";

/// How many units of a SKU can be sold, told where a shopper would be told something else than before: a
/// hint, never a promise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AvailabilityChanged {
    /// Which SKU.
    pub sku: Sku,
    /// Units for sale in all warehouses together.
    pub available: u64,
    /// Rises with every change: receivers drop what is older than what they know.
    pub version: u64,
}

impl AvailabilityChanged {
    /// The event's `detail-type`.
    pub const DETAIL_TYPE: &str = "AvailabilityChanged";
}

/// The hint of a SKU has waited for as long as it has to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HintDue {
    /// Which SKU.
    pub sku: Sku,
}

/// A reservation's time may be over. Comes at least once, and perhaps early: attaching an order
/// extends the time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReservationTimer {
    /// Which reservation.
    pub reservation_id: ReservationId,
}
