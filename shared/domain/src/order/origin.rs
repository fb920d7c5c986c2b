use serde::{Deserialize, Serialize};

use crate::ids::{CheckoutId, FlashSaleId, ReservationId, WarehouseId};

/// What an order was made of. It says what holds the order's units: everything else about an order is
/// the same whether it came from a cart or from a flash sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A checkout, whose reservation holds the units.
    Checkout(FromCheckout),
    /// A claim in a flash sale's stock shard.
    FlashSale(FromFlashSale),
}

/// An order made of a checkout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FromCheckout {
    /// The checkout that it consumed.
    pub checkout_id: CheckoutId,
    /// The units held for it.
    pub reservation_id: ReservationId,
    /// The cart's version that it consumed, where it was made of the whole cart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cart_version: Option<u64>,
    /// A digest of the request that made it: a replay with another body is refused.
    pub request_digest: String,
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
