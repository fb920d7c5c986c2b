use std::collections::{BTreeSet, HashMap};

use souk_domain::ids::{CategoryId, ProductId, SellerId, Sku};
use souk_dynamo::{Item, Outcome, StoreError, Table, Update, decode, s};
use souk_wiring::FromEnvironment;

use super::{ProductPage, kept::Kept};

/// The index of what is neither a page nor belongs to one, by what it is.
const BY_KIND: &str = "by-kind";

/// The `product-pages` table.
#[derive(Debug, Clone, FromEnvironment)]
pub struct Pages {
    #[variable("PRODUCT_PAGES_TABLE")]
    pub(super) table: Table,
    pub(super) kept: Kept,
}

/// Some pages of the whole table, and where to go on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Slice {
    pub(crate) pages: Vec<ProductPage>,
    /// How many pages cannot be read.
    pub(crate) unreadable: u64,
    pub(crate) next: Option<String>,
}

/// The beginning of a page's key.
const PRODUCT: &str = "product#";
/// The beginning of a category's key.
const CATEGORY: &str = "category#";

pub(super) fn page_key(id: &ProductId) -> String {
    format!("{PRODUCT}{id}")
}

pub(super) fn sku_key(sku: &Sku) -> String {
    format!("sku#{sku}")
}

pub(super) fn seller_key(id: &SellerId) -> String {
    format!("seller#{id}")
}

pub(super) fn category_key(id: &CategoryId) -> String {
    format!("{CATEGORY}{id}")
}

/// Which category an item is.
pub(super) fn category_id(item: &Item) -> Option<CategoryId> {
    item.get("pk")?.as_s().ok()?.strip_prefix(CATEGORY)?.parse().ok()
}

impl Pages {
    /// The pages in this table.
    pub fn new(table: Table) -> Self {
        Self { table, kept: Kept::default() }
    }

    /// A product's page, eventually consistent; tombstones are absent.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn page(&self, id: &ProductId) -> Result<Option<ProductPage>, StoreError> {
        let page: Option<ProductPage> = self.table.get_eventually(&[("pk", &page_key(id))]).await?;
        Ok(page.filter(|page| page.product.is_some()))
    }

    /// The item of a page as it is now, tombstones included.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn item(&self, id: &ProductId) -> Result<Option<ProductPage>, StoreError> {
        self.table.get(&[("pk", &page_key(id))]).await
    }

    /// Reads on through all pages, in no particular order, each as it is now.
    pub(crate) async fn scan(&self, after: Option<&str>, at_most: i32) -> Result<Slice, StoreError> {
        let mut scan = self
            .table
            .client()
            .scan()
            .table_name(self.table.name())
            .filter_expression("begins_with(pk, :products)")
            .expression_attribute_values(":products", s(PRODUCT))
            .consistent_read(true)
            .limit(at_most);
        if let Some(after) = after {
            scan = scan.exclusive_start_key("pk", s(after));
        }
        let answer = scan.send().await.map_err(StoreError::from_sdk)?;
        let next = answer.last_evaluated_key().and_then(|key| key.get("pk")?.as_s().ok().cloned());
        let items = answer.items.unwrap_or_default();
        let count = items.len();
        let pages: Vec<_> = items.into_iter().filter_map(|item| decode(item).ok()).collect();
        let unreadable = (count - pages.len()) as u64;
        Ok(Slice { pages, unreadable, next })
    }

    /// The items of these pages as they are now, tombstones included; `None` of those that cannot be read.
    pub(crate) async fn items(
        &self,
        ids: &BTreeSet<ProductId>,
    ) -> Result<HashMap<ProductId, Option<ProductPage>>, StoreError> {
        let keys: Vec<_> = ids.iter().map(page_key).collect();
        let keys: Vec<_> = keys.iter().map(|key| [("pk", key.as_str())]).collect();
        let items = self.table.get_many(&keys, true).await?;
        let id = |item: &Item| item.get("pk")?.as_s().ok()?.strip_prefix(PRODUCT)?.parse().ok();
        Ok(items.into_iter().filter_map(|item| Some((id(&item)?, decode(item).ok()))).collect())
    }

    /// All items of a kind, eventually consistent.
    pub(super) async fn of_kind(&self, kind: &str) -> Result<Vec<Item>, StoreError> {
        let query = self.table.query().index_name(BY_KIND).key_condition_expression("#kind = :kind");
        let query = query.expression_attribute_names("#kind", "kind").expression_attribute_values(":kind", s(kind));
        let mut pages = query.into_paginator().items().send();
        let mut items = Vec::new();
        while let Some(item) = pages.next().await {
            items.push(item.map_err(StoreError::from_sdk)?);
        }
        Ok(items)
    }

    /// Where also the keeper of the index keeps how far it has come.
    pub(crate) fn table(&self) -> &Table {
        &self.table
    }

    /// Sends an update and returns the item as it stands then, whether or not the condition held.
    pub(super) async fn settle(&self, key: &str, update: Update) -> Result<Option<Item>, StoreError> {
        Ok(match self.table.update(&[("pk", key)], update).await? {
            Outcome::Written(item) => Some(item),
            Outcome::Refused(item) => item,
        })
    }
}
