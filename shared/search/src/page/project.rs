//! From a product of the catalog to its page.

use std::collections::BTreeMap;

use souk_domain::ids::{ProductId, Sku};
use souk_dynamo::{AttributeValue, StoreError, UpdateBuilder, decode, n, s, value};

use super::{Page, PageProduct, Pages, names::Names, store::page_key};

/// A page takes a version of the catalog once.
const IS_NEWER: &str = "attribute_not_exists(catalog_version) OR catalog_version < :version";

impl Pages {
    /// Makes a product's page show this version of it, joined with the names and facts that are known.
    ///
    /// The page is written first, then names and facts are read: whoever changes one of them writes it
    /// before he looks for pages, so one of the two always sees the other.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe, and needed.
    pub async fn project(&self, product: &PageProduct) -> Result<(), StoreError> {
        let before = self.names(&product.category_id, &product.seller_id).await?;
        let page = self.write_product(product, &before).await?;
        if page.catalog_version > product.version {
            return Ok(());
        }
        let id = &product.product_id;
        let now = self.names(&product.category_id, &product.seller_id).await?;
        if page.category.as_ref().is_none_or(|shown| shown.names != now.category.names) {
            self.refresh_category(id, &now.category, false).await?;
        }
        if page.seller.as_ref().is_none_or(|shown| shown.version < now.seller.version) {
            self.refresh_seller(id, &now.seller).await?;
        }
        for variant in &product.variants {
            // A SKU whose facts are all on the page has been claimed before, and claims are for good.
            let settled = page.prices.contains_key(&variant.sku) && page.availability.contains_key(&variant.sku);
            if !settled {
                self.claim(id, &variant.sku).await?;
            }
        }
        Ok(())
    }

    /// Makes a product's page a tombstone. Its revision goes on rising, so that no late record of the
    /// product can bring its search documents back.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn remove(&self, id: &ProductId, version: u64, skus: &[Sku]) -> Result<(), StoreError> {
        let update = self.table.update(&[("pk", &page_key(id))]).update_expression(
            "SET product_id = :product_id, catalog_version = :version, \
             prices = if_not_exists(prices, :none), availability = if_not_exists(availability, :none) \
             REMOVE #product, category, seller ADD revision :one, known_skus :skus",
        );
        self.settle(common(update, id, version, skus)?).await.map(drop)
    }

    /// The page as it stands then: with this version of the product, or with a newer one.
    async fn write_product(&self, product: &PageProduct, names: &Names) -> Result<Page, StoreError> {
        let id = &product.product_id;
        let skus: Vec<_> = product.variants.iter().map(|variant| variant.sku.clone()).collect();
        let update = self
            .table
            .update(&[("pk", &page_key(id))])
            .update_expression(
                "SET product_id = :product_id, catalog_version = :version, #product = :product, \
                 category = :category, seller = :seller, \
                 prices = if_not_exists(prices, :none), availability = if_not_exists(availability, :none) \
                 ADD revision :one, known_skus :skus",
            )
            .expression_attribute_values(":product", value(product)?)
            .expression_attribute_values(":category", value(&names.category)?)
            .expression_attribute_values(":seller", value(&names.seller)?);
        let item = self.settle(common(update, id, product.version, &skus)?).await?;
        decode(item.ok_or_else(|| StoreError::corrupt("a page is newer than nothing"))?)
    }
}

fn common(update: UpdateBuilder, id: &ProductId, version: u64, skus: &[Sku]) -> Result<UpdateBuilder, StoreError> {
    Ok(update
        .condition_expression(IS_NEWER)
        .expression_attribute_names("#product", "product")
        .expression_attribute_values(":product_id", s(id.as_str()))
        .expression_attribute_values(":version", n(version))
        .expression_attribute_values(":none", value(&BTreeMap::<String, String>::new())?)
        .expression_attribute_values(":one", n(1))
        .expression_attribute_values(
            ":skus",
            AttributeValue::Ss(skus.iter().map(|sku| sku.as_str().to_owned()).collect()),
        ))
}
