//! The names that a page borrows: its category's path, its seller.

use serde::{Deserialize, Serialize};
use souk_domain::ids::{CategoryId, ProductId, SellerId};
use souk_dynamo::{StoreError, decode, n, s, value};

use super::{
    CategoryPath, CategoryTree, Pages, SellerName,
    store::{TREE_KEY, page_key, seller_key},
};

/// The names that belong to one product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Names {
    pub(super) category: CategoryPath,
    pub(super) seller: SellerName,
}

#[derive(Debug, Serialize, Deserialize)]
struct SellerItem {
    name: String,
    version: u64,
}

impl Pages {
    /// What category and seller are called now.
    pub(super) async fn names(&self, category_id: &CategoryId, seller_id: &SellerId) -> Result<Names, StoreError> {
        let seller_pk = seller_key(seller_id);
        let items = self.table.get_many(&[[("pk", TREE_KEY)], [("pk", seller_pk.as_str())]], true).await?;
        let mut tree = CategoryTree::default();
        let mut seller = SellerName { seller_id: seller_id.clone(), version: 0, name: None };
        for item in items {
            if item.get("pk") == Some(&s(TREE_KEY)) {
                tree = decode(item)?;
            } else {
                let SellerItem { name, version } = decode(item)?;
                seller = SellerName { seller_id: seller_id.clone(), version, name: Some(name) };
            }
        }
        Ok(Names { category: tree.path(category_id), seller })
    }

    /// Takes note of what a seller is called. His products' pages have to be refreshed after it.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn record_seller(&self, id: &SellerId, name: &str, version: u64) -> Result<(), StoreError> {
        let update = self
            .table
            .update(&[("pk", &seller_key(id))])
            .update_expression("SET #name = :name, #version = :version")
            .condition_expression("attribute_not_exists(pk) OR #version < :version")
            .expression_attribute_names("#name", "name")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":name", s(name))
            .expression_attribute_values(":version", n(version));
        self.settle(update).await.map(drop)
    }

    /// What a seller is called now; `None` where he was not heard of.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn seller_name(&self, id: &SellerId) -> Result<Option<SellerName>, StoreError> {
        let item: Option<SellerItem> = self.table.get(&[("pk", &seller_key(id))]).await?;
        Ok(item.map(|item| SellerName { seller_id: id.clone(), version: item.version, name: Some(item.name) }))
    }

    /// Brings a page's seller up to date, if the page still is that seller's and knows less.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn refresh_seller(&self, id: &ProductId, seller: &SellerName) -> Result<(), StoreError> {
        let update = self
            .table
            .update(&[("pk", &page_key(id))])
            .update_expression("SET seller = :seller ADD revision :one")
            .condition_expression("seller.seller_id = :id AND seller.#version < :version")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":seller", value(seller)?)
            .expression_attribute_values(":id", s(seller.seller_id.as_str()))
            .expression_attribute_values(":version", n(seller.version))
            .expression_attribute_values(":one", n(1));
        self.settle(update).await.map(drop)
    }

    /// Brings a page's category path up to date, if the page still stands in that category and knows an
    /// older tree. With `only_gaps`, only where the page did not know the whole path: after a category was
    /// added, the pages that know it already need no write.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn refresh_category(
        &self,
        id: &ProductId,
        category: &CategoryPath,
        only_gaps: bool,
    ) -> Result<(), StoreError> {
        let newer_than = if only_gaps { category.tree_revision.min(1) } else { category.tree_revision };
        let update = self
            .table
            .update(&[("pk", &page_key(id))])
            .update_expression("SET category = :category ADD revision :one")
            .condition_expression("category.category_id = :id AND category.tree_revision < :newer_than")
            .expression_attribute_values(":category", value(category)?)
            .expression_attribute_values(":id", s(category.category_id.as_str()))
            .expression_attribute_values(":newer_than", n(newer_than))
            .expression_attribute_values(":one", n(1));
        self.settle(update).await.map(drop)
    }
}
