use std::collections::HashMap;

use souk_domain::ids::Sku;
use souk_dynamo::{StoreError, Table};
use souk_wiring::FromEnvironment;

use crate::{Offer, PricedSku, offer::PriceImage};

/// The `prices` table (key `sku`).
#[derive(Debug, Clone, FromEnvironment)]
pub struct Prices {
    #[variable("PRICES_TABLE")]
    pub(crate) table: Table,
}

impl Prices {
    /// The prices in this table.
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// A SKU's price with its version; `None` where none was set.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn get(&self, sku: &Sku) -> Result<Option<PricedSku>, StoreError> {
        let item: Option<PriceImage> = self.table.get(&[("sku", sku.as_str())]).await?;
        Ok(item.and_then(|item| item.priced()))
    }

    /// What is known of each of these SKUs, read consistently: a checkout and an order decide on it.
    /// Every SKU that was asked for is in the answer.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn get_many<'a>(
        &self,
        skus: impl IntoIterator<Item = &'a Sku>,
    ) -> Result<HashMap<Sku, Offer>, StoreError> {
        let mut offers: HashMap<Sku, Offer> = skus.into_iter().map(|sku| (sku.clone(), Offer::default())).collect();
        let keys: Vec<_> = offers.keys().map(|sku| [("sku", sku.as_str())]).collect();
        for item in self.table.read_many::<PriceImage, _>(&keys).await? {
            offers.insert(item.sku.clone(), item.into());
        }
        Ok(offers)
    }
}
