//! From a product of the catalog to its page.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use souk_domain::ids::{ProductId, Sku};
use souk_dynamo::{AttributeValue, StoreError, Update, attribute, decode, n, s, value};

use super::{PageProduct, Pages, ProductPage, facts::SkuFacts, names::Surroundings, store::page_key};

impl Pages {
    /// Makes a product's page show this version of it, joined with the names and facts that are known.
    ///
    /// The page is written first, then names and facts are read: whoever changes one of them writes it
    /// before looking for pages, so one of the two always sees the other. What is known beforehand
    /// stands on the very first page already.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe, and needed.
    pub async fn project(&self, product: &PageProduct) -> Result<(), StoreError> {
        let skus: Vec<_> = product.variants.iter().map(|variant| &variant.sku).collect();
        let before = self.surroundings(product, &skus).await?;
        let page = self.write_product(product, &before).await?;
        if page.catalog_version > product.version {
            return Ok(());
        }
        let id = &product.product_id;
        let now = self.surroundings(product, &[]).await?.names;
        for path in std::iter::once(&now.category).chain(now.further.values()) {
            let shown = page.paths().find(|shown| shown.category_id == path.category_id);
            if shown.is_none_or(|shown| shown.versions < path.versions) {
                self.refresh_category(id, path).await?;
            }
        }
        for (collection_id, name) in &now.collections {
            if page.collections.get(collection_id).is_some_and(|shown| shown.version < name.version) {
                self.refresh_collection(id, collection_id, name).await?;
            }
        }
        if page.seller.as_ref().is_none_or(|shown| shown.version < now.seller.version) {
            self.refresh_seller(id, &now.seller).await?;
        }
        for sku in skus {
            match before.facts.get(sku) {
                // Claimed before, and claims are for good: whatever comes now finds the page by itself.
                Some(facts) if facts.product_id.is_some() => self.copy_newer_to_page(&page, sku, facts).await?,
                _ => self.copy_newer_to_page(&page, sku, &self.claim(id, sku).await?).await?,
            }
        }
        Ok(())
    }

    /// Makes a product's page a tombstone. Its revision goes on rising, so that no late record of the
    /// product can bring its search documents back.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn remove(
        &self,
        id: &ProductId,
        version: u64,
        skus: &[Sku],
        deleted_at: Timestamp,
    ) -> Result<(), StoreError> {
        let update = newer(id, version, skus, &HashMap::new())?.set("deleted_at", value(&deleted_at)?);
        let update = update.remove("product").remove("category").remove("seller");
        let update = update.remove("further").remove("collections");
        self.settle(&page_key(id), update).await.map(drop)
    }

    /// The page as it stands then: with this version of the product, or with a newer one.
    async fn write_product(&self, product: &PageProduct, around: &Surroundings) -> Result<ProductPage, StoreError> {
        let id = &product.product_id;
        let skus: Vec<_> = product.variants.iter().map(|variant| variant.sku.clone()).collect();
        let update = newer(id, product.version, &skus, &around.facts)?
            .set("product", value(product)?)
            .set("category", value(&around.names.category)?)
            .set("further", value(&around.names.further)?)
            .set("collections", value(&around.names.collections)?)
            .set("seller", value(&around.names.seller)?)
            .remove("deleted_at");
        let item = self.settle(&page_key(id), update).await?;
        decode(item.ok_or_else(|| StoreError::corrupt("a page is newer than nothing"))?)
    }
}

/// What every version of a product writes, if the page knows none as new. `known` is for a page that is new:
/// one that is there has its facts.
fn newer(id: &ProductId, version: u64, skus: &[Sku], known: &HashMap<Sku, SkuFacts>) -> Result<Update, StoreError> {
    let prices: BTreeMap<_, _> = known.iter().filter_map(|(sku, facts)| Some((sku, facts.price?))).collect();
    let availability: BTreeMap<_, _> =
        known.iter().filter_map(|(sku, facts)| Some((sku, facts.availability?))).collect();
    let shown = attribute("catalog_version");
    Ok(Update::new()
        .set("product_id", s(id.as_str()))
        .set(shown.clone(), n(version))
        .set_if_absent("prices", value(&prices)?)
        .set_if_absent("availability", value(&availability)?)
        .add("revision", n(1))
        .add("known_skus", AttributeValue::Ss(skus.iter().map(|sku| sku.as_str().to_owned()).collect()))
        .when(shown.clone().is_absent().or(shown.is_below(n(version)))))
}
