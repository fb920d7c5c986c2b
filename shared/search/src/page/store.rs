use std::{
    collections::{BTreeSet, HashMap},
    ops::Range,
};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use souk_domain::ids::{CategoryId, CollectionId, ProductId, SellerId, Sku};
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

/// For how long whoever asks for a deleted product is told that there was one: long enough for search engines and
/// for the lists of others to take it out. The tombstone itself stays for good, since versions have to go on rising.
pub const GONE_FOR: SignedDuration = SignedDuration::from_hours(180 * 24);

/// What is found under a product's id.
#[derive(Debug, Clone, PartialEq)]
pub enum Looked {
    /// Its page.
    Shown(Box<ProductPage>),
    /// There was one, which was deleted within [`GONE_FOR`].
    Gone,
    /// None, or one that was deleted longer ago.
    Unknown,
}

/// One of the parts into which all products are divided, to be worked on at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Part {
    /// Which one, from 0 on.
    pub(crate) number: u32,
    /// Of how many.
    pub(crate) of: u32,
}

impl Part {
    /// All there is.
    pub(crate) const WHOLE: Self = Self { number: 0, of: 1 };

    /// Of the marks of products, those of this part.
    pub(crate) fn marks(self) -> Range<u64> {
        let from = |number: u32| (u64::from(number) << 32) / u64::from(self.of.max(1));
        from(self.number)..from(self.number + 1)
    }
}

/// Some pages of a part of the table, and where to go on.
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
pub(super) const COLLECTION: &str = "collection#";

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

pub(super) fn collection_key(id: &CollectionId) -> String {
    format!("{COLLECTION}{id}")
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

    /// A product's page as shoppers find it now, eventually consistent.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn look_up(&self, id: &ProductId, now: Timestamp) -> Result<Looked, StoreError> {
        let page: Option<ProductPage> = self.table.get_eventually(&[("pk", &page_key(id))]).await?;
        Ok(match page {
            Some(page) if page.product.is_some() => Looked::Shown(Box::new(page)),
            Some(ProductPage { deleted_at: Some(at), .. }) if now.duration_since(at) < GONE_FOR => Looked::Gone,
            Some(_) | None => Looked::Unknown,
        })
    }

    /// Some pages by their products, none of them twice, eventually consistent; tombstones are absent.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn many(&self, ids: &[ProductId]) -> Result<HashMap<ProductId, ProductPage>, StoreError> {
        let keys: Vec<_> = ids.iter().map(page_key).collect();
        let keys: Vec<_> = keys.iter().map(|key| [("pk", key.as_str())]).collect();
        let items = self.table.get_many(&keys, false).await?;
        let pages = items.into_iter().map(decode).collect::<Result<Vec<ProductPage>, _>>()?;
        let shown = pages.into_iter().filter(|page| page.product.is_some());
        Ok(shown.map(|page| (page.product_id.clone(), page)).collect())
    }

    /// The item of a page as it is now, tombstones included.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn item(&self, id: &ProductId) -> Result<Option<ProductPage>, StoreError> {
        self.table.get(&[("pk", &page_key(id))]).await
    }

    /// Reads on through the pages of a part, in no particular order, each as it is now. The parts are the table's own,
    /// which are not those of marks; all of them together are all pages.
    pub(crate) async fn scan(&self, part: Part, after: Option<&str>, at_most: i32) -> Result<Slice, StoreError> {
        let mut scan = self
            .table
            .client()
            .scan()
            .table_name(self.table.name())
            .filter_expression("begins_with(pk, :products)")
            .expression_attribute_values(":products", s(PRODUCT))
            .consistent_read(true)
            .segment(i32::try_from(part.number).unwrap_or_default())
            .total_segments(i32::try_from(part.of).unwrap_or(1))
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
