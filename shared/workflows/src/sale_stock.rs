//! A sale together with the stock that its units come from and go back to.

use souk_inventory::SaleUnits;
use souk_sales::{Sales, Shards};
use souk_wiring::FromEnvironment;

/// What takes part when units move between stock and a sale.
#[derive(Debug, FromEnvironment)]
pub struct SaleStock {
    pub(crate) sales: Sales,
    pub(crate) shards: Shards,
    pub(crate) units: SaleUnits,
}
