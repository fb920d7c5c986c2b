use std::time::Duration;

use souk_domain::ids::{CategoryId, CollectionId, ProductId, SellerId};
use souk_dynamo::{AttributeValue, Condition, StoreError, Table, attribute, n, s};
use souk_wiring::FromEnvironment;

use crate::{Key, Product, ProductRecord, ways::Ways};

/// How often a write is tried that others got in between.
pub(crate) const ATTEMPTS: u32 = 6;

const BY_CATEGORY: &str = "by-category";
const BY_COLLECTION: &str = "by-collection";
const BY_SELLER: &str = "by-seller";
const BY_PARENT: &str = "by-parent";

/// The catalog table.
#[derive(Debug, Clone, FromEnvironment)]
pub struct Catalog {
    #[variable("CATALOG_TABLE")]
    pub(crate) table: Table,
    pub(crate) ways: Ways,
}

/// Which products to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProductsOf {
    /// Those that stand in this very category, be it their main one or not.
    Category(CategoryId),
    /// Those of this collection.
    Collection(CollectionId),
    /// Those of this seller.
    Seller(SellerId),
}

/// Some products, and where to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductsPage {
    /// Their ids. One that has just changed places may stand there twice, or no longer belong there.
    pub product_ids: Vec<ProductId>,
    /// The last one's key, where there may be more.
    pub next: Option<Key>,
}

impl Catalog {
    /// The catalog in this table.
    pub fn new(table: Table) -> Self {
        Self { table, ways: Ways::default() }
    }

    /// A product; `None` where it is absent or deleted.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn product(&self, id: &ProductId) -> Result<Option<Product>, StoreError> {
        let key = Key::Product(id.clone()).to_string();
        let record: Option<ProductRecord> = self.table.get(&[("pk", &key)]).await?;
        Ok(record.and_then(ProductRecord::product))
    }

    /// Some products of a category or seller, from an index that may lag a little behind.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn products_of(
        &self,
        of: &ProductsOf,
        after: Option<&Key>,
        at_most: i32,
    ) -> Result<ProductsPage, StoreError> {
        let (index, attribute, value) = match of {
            ProductsOf::Category(id) => (BY_CATEGORY, "category_id", id.as_str()),
            ProductsOf::Collection(id) => (BY_COLLECTION, "collection_id", id.as_str()),
            ProductsOf::Seller(id) => (BY_SELLER, "seller_id", id.as_str()),
        };
        let mut query = self
            .table
            .query()
            .index_name(index)
            .key_condition_expression("#owner = :owner")
            .expression_attribute_names("#owner", attribute)
            .expression_attribute_values(":owner", s(value))
            .limit(at_most);
        if let Some(after) = after {
            query = query.exclusive_start_key("pk", s(after.to_string())).exclusive_start_key(attribute, s(value));
        }
        let answer = query.send().await.map_err(StoreError::from_sdk)?;
        let product_ids = answer.items().iter().filter_map(|item| product_id(item.get("pk"))).collect();
        let next = answer.last_evaluated_key().and_then(|last| key(last.get("pk")));
        Ok(ProductsPage { product_ids, next })
    }

    /// The categories right below this one, from an index that may lag a little behind.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn children(&self, id: &CategoryId) -> Result<Vec<CategoryId>, StoreError> {
        let mut pages = self
            .table
            .query()
            .index_name(BY_PARENT)
            .key_condition_expression("parent_id = :parent_id")
            .expression_attribute_values(":parent_id", s(id.as_str()))
            .into_paginator()
            .items()
            .send();
        let mut children = Vec::new();
        while let Some(item) = pages.next().await {
            let item = item.map_err(StoreError::from_sdk)?;
            if let Some(Key::Category(child)) = key(item.get("pk")) {
                children.push(child);
            }
        }
        Ok(children)
    }
}

fn key(attribute: Option<&AttributeValue>) -> Option<Key> {
    attribute.and_then(|value| value.as_s().ok()).and_then(|text| text.parse().ok())
}

fn product_id(attribute: Option<&AttributeValue>) -> Option<ProductId> {
    match key(attribute) {
        Some(Key::Product(id) | Key::Placed(id, _)) => Some(id),
        _ => None,
    }
}

/// The condition that nobody has written an item since it was read.
pub(crate) fn unchanged_since(seen: Option<u64>) -> Condition {
    match seen {
        None => attribute("pk").is_absent(),
        Some(version) => attribute("version").equals(n(version)),
    }
}

/// Waits a little, longer after each failure, and never as long as the others who wait.
pub(crate) async fn pause(attempt: u32) {
    tokio::time::sleep(Duration::from_millis(fastrand::u64(5..20) << attempt)).await;
}
