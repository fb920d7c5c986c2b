use serde::Serialize;
use souk_domain::{ids::Sku, money::Money};
use utoipa::ToSchema;

/// A price that is not what the shopper was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PriceChange {
    /// Of what.
    pub sku: Sku,
    /// What it was.
    pub from: Money,
    /// What it is now.
    pub to: Money,
}
