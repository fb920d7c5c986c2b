use serde::{Deserialize, Serialize};

use crate::{
    ids::{CheckoutId, FlashSaleId, ReservationId, Sku, WarehouseId},
    order::OrderLine,
    stock::{RowKey, WarehouseRow},
};

/// What an order was made of. It says what holds the order's units: everything else about an order is
/// the same whether it came from a cart or from a flash sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A checkout, whose units are held for it.
    Checkout(FromCheckout),
    /// A claim in a flash sale's stock shard.
    FlashSale(FromFlashSale),
}

/// An order made of a checkout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FromCheckout {
    /// The checkout that it consumed.
    pub checkout_id: CheckoutId,
    /// What holds its units.
    #[serde(flatten)]
    pub held_by: HeldBy,
    /// The cart's version that it consumed, where it was made of the whole cart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cart_version: Option<u64>,
    /// A digest of the request that made it: a replay with another body is refused.
    pub request_digest: String,
}

impl FromCheckout {
    /// True where the order was made by the request of this digest. Older orders keep more digits than are asked for.
    pub fn is_of_request(&self, digest: &str) -> bool {
        !digest.is_empty() && self.request_digest.starts_with(digest)
    }
}

/// What holds the units of a checkout, and of its order: one of two editions of the order protocol.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum HeldBy {
    /// A reservation beside the rows of stock: the first edition.
    Reservation {
        /// Which.
        reservation_id: ReservationId,
    },
    /// The rows of stock themselves, under the checkout's id: the second edition.
    Rows {
        /// Each line's rows. They never change.
        rows: Vec<LineRows>,
    },
}

/// The rows of stock that a line's units come out of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineRows {
    /// Of which SKU.
    pub sku: Sku,
    /// How many units the line has.
    pub units: u32,
    /// The rows, in the order in which they are asked.
    #[serde(rename = "warehouses")]
    pub rows: Vec<WarehouseRow>,
}

impl HeldBy {
    /// The reservation, in the first edition.
    pub fn reservation(&self) -> Option<&ReservationId> {
        match self {
            Self::Reservation { reservation_id } => Some(reservation_id),
            Self::Rows { .. } => None,
        }
    }

    /// The rows of each line, in the second edition.
    pub fn rows(&self) -> Option<&[LineRows]> {
        match self {
            Self::Reservation { .. } => None,
            Self::Rows { rows } => Some(rows),
        }
    }
}

impl LineRows {
    /// The rows of a line, in the order in which they are asked.
    pub fn new(line: &OrderLine, rows: Vec<WarehouseRow>) -> Self {
        Self { sku: line.sku.clone(), units: line.quantity.get(), rows }
    }

    /// Each row by its key, in the order in which they are asked.
    pub fn keys(&self) -> impl Iterator<Item = RowKey> {
        self.rows.iter().map(|row| row.of(&self.sku))
    }

    /// Each row, and what of it may be believed to be held: all units in the first, of the others nothing.
    pub fn believed(&self) -> impl Iterator<Item = (RowKey, Option<u32>)> {
        self.keys().enumerate().map(|(place, row)| (row, (place == 0).then_some(self.units)))
    }

    /// True where a warehouse's row was split when they were chosen.
    pub fn has_splits(&self) -> bool {
        self.rows.iter().any(|row| !row.split.is_first())
    }
}

/// An order made of a claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FromFlashSale {
    /// The sale.
    pub sale_id: FlashSaleId,
    /// The number of the shard that the unit came out of. It never changes: a claim in any other shard
    /// may be released.
    pub shard: u32,
    /// The warehouse where that shard's units lie.
    pub warehouse_id: WarehouseId,
}

impl Origin {
    /// The checkout, where it came from one.
    pub fn checkout(&self) -> Option<&FromCheckout> {
        match self {
            Self::Checkout(checkout) => Some(checkout),
            Self::FlashSale(_) => None,
        }
    }

    /// The sale, where it came from one.
    pub fn sale(&self) -> Option<&FromFlashSale> {
        match self {
            Self::FlashSale(sale) => Some(sale),
            Self::Checkout(_) => None,
        }
    }
}
