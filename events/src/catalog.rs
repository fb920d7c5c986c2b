//! What the catalog publishes to the shop.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use souk_domain::ids::{ProductId, Sku};
use utoipa::ToSchema;

/// The source of the catalog's events on the bus.
pub const SOURCE: &str = "souk.catalog";

/// A product was created, changed or put back. Versions of one product only rise, and a SKU belongs
/// to one product for good: of two events that name a SKU, the higher version is the newer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProductChanged {
    /// Which product.
    pub product_id: ProductId,
    /// What it is called.
    pub title: String,
    /// The product's version.
    pub version: u64,
    /// What can be bought of it.
    pub skus: Vec<Sku>,
    /// What sets the variants apart, of those that anything does.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variants: BTreeMap<Sku, String>,
    /// What can no longer be bought of it, since this version.
    pub withdrawn_skus: Vec<Sku>,
}

/// A product was taken out of the catalog, and so were its SKUs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProductDeleted {
    /// Which product.
    pub product_id: ProductId,
    /// The version of the deletion.
    pub version: u64,
    /// What can no longer be bought.
    pub skus: Vec<Sku>,
}

impl ProductChanged {
    /// The event's `detail-type`.
    pub const DETAIL_TYPE: &str = "ProductChanged";
}

impl ProductDeleted {
    /// The event's `detail-type`.
    pub const DETAIL_TYPE: &str = "ProductDeleted";
}
