use serde::{Deserialize, Serialize};
use souk_domain::ids::{ProductId, SellerId, Sku};
use souk_dynamo::{Item, Outcome, StoreError, Table, UpdateBuilder, decode, s};

use super::Page;

/// The partition key of the item that holds the whole tree of categories.
pub(super) const TREE_KEY: &str = "categories";

/// The `product-pages` table.
#[derive(Debug, Clone)]
pub struct Pages {
    pub(super) table: Table,
}

/// Some pages of the whole table, and where to go on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Slice {
    pub(crate) pages: Vec<Page>,
    pub(crate) next: Option<String>,
}

pub(super) fn page_key(id: &ProductId) -> String {
    format!("product#{id}")
}

pub(super) fn sku_key(sku: &Sku) -> String {
    format!("sku#{sku}")
}

pub(super) fn seller_key(id: &SellerId) -> String {
    format!("seller#{id}")
}

impl Pages {
    /// The pages in this table.
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// A product's page, eventually consistent; tombstones are absent.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn page(&self, id: &ProductId) -> Result<Option<Page>, StoreError> {
        let page: Option<Page> = self.table.get_eventually(&[("pk", &page_key(id))]).await?;
        Ok(page.filter(|page| page.product.is_some()))
    }

    /// The item of a page as it is now, tombstones included.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn item(&self, id: &ProductId) -> Result<Option<Page>, StoreError> {
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
            .expression_attribute_values(":products", s("product#"))
            .consistent_read(true)
            .limit(at_most);
        if let Some(after) = after {
            scan = scan.exclusive_start_key("pk", s(after));
        }
        let answer = scan.send().await.map_err(StoreError::from_sdk)?;
        let next = answer.last_evaluated_key().and_then(|key| key.get("pk")?.as_s().ok().cloned());
        let pages = answer.items.unwrap_or_default().into_iter().map(decode).collect::<Result<_, _>>()?;
        Ok(Slice { pages, next })
    }

    /// Sends an update and returns the item as it stands then, whether or not the condition held.
    pub(super) async fn settle(&self, update: UpdateBuilder) -> Result<Option<Item>, StoreError> {
        Ok(match self.table.write(update).await? {
            Outcome::Written(item) => Some(item),
            Outcome::Refused(item) => item,
        })
    }
}
