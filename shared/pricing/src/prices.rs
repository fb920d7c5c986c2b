use std::collections::HashMap;

use souk_domain::{ids::Sku, money::Currency};
use souk_dynamo::{StoreError, Table};
use souk_wiring::{FromEnvironment, Parsed};

use crate::{Offer, PricedSku, offer::PriceImage};

/// The `prices` table (key `sku`).
#[derive(Debug, Clone, FromEnvironment)]
pub struct Prices {
    #[variable("PRICES_TABLE")]
    pub(crate) table: Table,
    #[variable("CURRENCY")]
    currency: Parsed<Currency>,
}

impl Prices {
    /// The prices in this table, of a shop that sells in this currency.
    pub fn new(table: Table, currency: Currency) -> Self {
        Self { table, currency: Parsed(currency) }
    }

    /// In which currency the shop sells.
    pub fn currency(&self) -> Currency {
        self.currency.0
    }

    /// A SKU's price with its version; `None` where none was set.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn get(&self, sku: &Sku) -> Result<Option<PricedSku>, StoreError> {
        let item: Option<PriceImage> = self.table.get(&[("sku", sku.as_str())]).await?;
        Ok(item.and_then(|item| item.priced()))
    }

    /// What was known of each of these SKUs a moment ago: a price holds as if its shopper had come as much earlier.
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
        for item in self.table.get_many(&keys, false).await? {
            let item: PriceImage = souk_dynamo::decode(item)?;
            offers.insert(item.sku.clone(), Offer::of(item, self.currency()));
        }
        Ok(offers)
    }
}
