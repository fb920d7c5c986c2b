//! A sale together with the stock that its units come from and go back to.

use souk_flash_sales::{FlashSales, Shards};
use souk_inventory::FlashSaleUnits;
use souk_wiring::FromEnvironment;

/// What takes part when units move between stock and a sale.
#[derive(Debug, FromEnvironment)]
pub struct FlashSaleStock {
    pub(crate) sales: FlashSales,
    pub(crate) shards: Shards,
    pub(crate) units: FlashSaleUnits,
}
