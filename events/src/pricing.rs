//! What pricing publishes to the shop.

use serde::{Deserialize, Serialize};
use souk_domain::{ids::Sku, money::Money};
use utoipa::ToSchema;

/// The source of pricing's events on the bus.
pub const SOURCE: &str = "souk.pricing";

/// A SKU has another price, or its first one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PriceChanged {
    /// Which SKU.
    pub sku: Sku,
    /// What one unit costs now.
    pub price: Money,
    /// The price's version: receivers drop what is older than what they know.
    pub version: u64,
}

impl PriceChanged {
    /// The event's `detail-type`.
    pub const DETAIL_TYPE: &str = "PriceChanged";
}
