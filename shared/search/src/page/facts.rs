//! Facts that other contexts publish of a SKU: its price, its stock. The SKU's own item keeps them, so
//! that they may come before the product; the product's page has a copy.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use souk_domain::ids::{ProductId, Sku};
use souk_dynamo::{Attribute, Condition, StoreError, Update, attribute, decode, n, s, value};

use super::{
    AvailabilityFact, Pages, PriceFact, ProductPage,
    store::{page_key, sku_key},
};

/// What is known of a SKU.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SkuFacts {
    /// The product that it belongs to, once a page has claimed it. It belongs to no other, ever.
    #[serde(default)]
    pub(super) product_id: Option<ProductId>,
    #[serde(default)]
    pub(super) price: Option<PriceFact>,
    #[serde(default)]
    pub(super) availability: Option<AvailabilityFact>,
}

/// A fact, and where an item keeps it: `price` of a SKU is `prices.<sku>` of a page.
trait Fact: Serialize {
    const OF_SKU: &'static str;
    const OF_PAGE: &'static str;
    fn version(&self) -> u64;
}

impl Fact for PriceFact {
    const OF_SKU: &'static str = "price";
    const OF_PAGE: &'static str = "prices";
    fn version(&self) -> u64 {
        self.version
    }
}

impl Fact for AvailabilityFact {
    const OF_SKU: &'static str = "availability";
    const OF_PAGE: &'static str = "availability";
    fn version(&self) -> u64 {
        self.version
    }
}

impl Pages {
    /// Takes note of a price.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn record_price(&self, sku: &Sku, fact: PriceFact) -> Result<(), StoreError> {
        let known = self.record_fact(sku, &fact).await?;
        self.copy_to_page(known.product_id.as_ref(), sku, known.price.as_ref()).await
    }

    /// Takes note of a count of units.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn record_availability(&self, sku: &Sku, fact: AvailabilityFact) -> Result<(), StoreError> {
        let known = self.record_fact(sku, &fact).await?;
        self.copy_to_page(known.product_id.as_ref(), sku, known.availability.as_ref()).await
    }

    /// To which products SKUs belong, in their order, eventually consistent; a SKU of none is left out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn products_of(&self, skus: &[Sku]) -> Result<Vec<ProductId>, StoreError> {
        let keys: Vec<_> = skus.iter().map(sku_key).collect();
        let asked: Vec<_> = keys.iter().map(|key| [("pk", key.as_str())]).collect();
        let mut owners = HashMap::new();
        for item in self.table.get_many(&asked, false).await? {
            let key = item.get("pk").and_then(|key| key.as_s().ok()).cloned();
            owners.extend(key.zip(decode::<SkuFacts>(item)?.product_id));
        }
        Ok(keys.iter().filter_map(|key| owners.remove(key)).collect())
    }

    /// Says to which product a SKU belongs; what is known of the SKU then. The page must exist by now: a
    /// fact that comes after this finds its way by itself.
    pub(super) async fn claim(&self, id: &ProductId, sku: &Sku) -> Result<SkuFacts, StoreError> {
        let update = Update::new().set("product_id", s(id.as_str()));
        decode(self.settle(&sku_key(sku), update).await?.unwrap_or_default())
    }

    /// Copies what is known of a SKU onto its page, where that showed less.
    pub(super) async fn copy_newer_to_page(
        &self,
        page: &ProductPage,
        sku: &Sku,
        known: &SkuFacts,
    ) -> Result<(), StoreError> {
        let id = Some(&page.product_id);
        if page.prices.get(sku).map(Fact::version) < known.price.as_ref().map(Fact::version) {
            self.copy_to_page(id, sku, known.price.as_ref()).await?;
        }
        if page.availability.get(sku).map(Fact::version) < known.availability.as_ref().map(Fact::version) {
            self.copy_to_page(id, sku, known.availability.as_ref()).await?;
        }
        Ok(())
    }

    async fn record_fact<F: Fact>(&self, sku: &Sku, fact: &F) -> Result<SkuFacts, StoreError> {
        let place = attribute(F::OF_SKU);
        let update = Update::new().set(place.clone(), value(fact)?).when(is_newer(place, fact));
        decode(self.settle(&sku_key(sku), update).await?.unwrap_or_default())
    }

    async fn copy_to_page<F: Fact>(
        &self,
        id: Option<&ProductId>,
        sku: &Sku,
        fact: Option<&F>,
    ) -> Result<(), StoreError> {
        let (Some(id), Some(fact)) = (id, fact) else { return Ok(()) };
        let place = attribute(F::OF_PAGE).key(sku.as_str());
        let update = Update::new()
            .set(place.clone(), value(fact)?)
            .add("revision", n(1))
            .when(attribute(F::OF_PAGE).exists())
            .when(is_newer(place, fact));
        self.settle(&page_key(id), update).await.map(drop)
    }
}

/// That nothing as new stands at this place.
fn is_newer<F: Fact>(place: Attribute, fact: &F) -> Condition {
    place.clone().is_absent().or(place.field("version").is_below(n(fact.version())))
}
