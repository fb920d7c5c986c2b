//! A sale together with the stock that its units come from and go back to.

use souk_inventory::SaleUnits;
use souk_runtime::{ConfigError, Environment, FromEnvironment};
use souk_sales::{Sales, Shards};

use crate::dependencies;

/// What takes part when units move between stock and a sale.
#[derive(Debug)]
pub struct SaleStock {
    pub(crate) sales: Sales,
    pub(crate) shards: Shards,
    pub(crate) units: SaleUnits,
}

impl FromEnvironment for SaleStock {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self {
            sales: dependencies::sales(environment)?,
            shards: dependencies::shards(environment)?,
            units: dependencies::sale_units(environment)?,
        })
    }
}
