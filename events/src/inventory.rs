//! What inventory publishes to the shop, and the timer that it sets itself.

use jiff::{Timestamp, fmt::serde::timestamp::millisecond};
use serde::{Deserialize, Serialize};
use souk_domain::{
    ids::{CheckoutId, ReservationId, Sku},
    stock::RowKey,
};
use utoipa::ToSchema;

/// The source of inventory's events on the bus.
pub const SOURCE: &str = "souk.inventory";

/// How many units of a SKU can be sold, told where a shopper would be told something else than before: a
/// hint, never a promise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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

/// A row of stock must be seen to. Comes at least once.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RowGrown {
    /// Which row.
    #[serde(flatten)]
    pub row: RowKey,
    /// What is to be done about it.
    #[serde(default)]
    pub task: RowTask,
}

/// What is to be done about a row that has grown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowTask {
    /// It has marks that are worth a collection. Comes once they are old enough.
    #[default]
    Collect,
    /// It is a first row: it remembers too much, or a warehouse's units lie where nobody asks for them.
    ShareOut,
}

/// What is held may be held long enough. Comes at least once, and perhaps early.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ReservationTimer {
    /// A reservation; attaching an order extends its time.
    Reservation {
        /// Which.
        reservation_id: ReservationId,
    },
    /// A checkout that holds its units in rows of stock.
    Checkout {
        /// Which.
        checkout_id: CheckoutId,
        /// When it is to be looked at.
        #[serde(with = "millisecond::required")]
        look_at: Timestamp,
    },
}
