//! Collections as they are stored: an item each, with its version; all are read at once, by their kind.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use souk_domain::ids::{CollectionId, ProductId};
use souk_dynamo::{Item, StoreError, Update, attribute, decode, n, s, value};

use super::{
    CollectionName, Pages,
    store::{COLLECTION, collection_key, page_key},
};

/// What the items of collections are, in the index by kind.
const KIND: &str = "collection";

/// A collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectionNode {
    /// What it is called.
    pub name: String,
    /// What there is to say about it.
    #[serde(default)]
    pub description: String,
    /// The products that stand foremost.
    #[serde(default)]
    pub featured: Vec<ProductId>,
    /// Its version in the catalog.
    pub version: u64,
}

impl CollectionName {
    /// What a page shows of it.
    pub(super) fn of(node: Option<&CollectionNode>) -> Self {
        Self { version: node.map_or(0, |node| node.version), name: node.map(|node| node.name.clone()) }
    }
}

impl Pages {
    /// Takes note of a collection. The pages of its products have to be refreshed after it.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn record_collection(&self, id: &CollectionId, node: &CollectionNode) -> Result<(), StoreError> {
        let update = Update::new()
            .set("kind", s(KIND))
            .set("name", s(&node.name))
            .set("description", s(&node.description))
            .set("featured", value(&node.featured)?)
            .set("version", n(node.version))
            .when(attribute("pk").is_absent().or(attribute("version").is_below(n(node.version))));
        self.settle(&collection_key(id), update).await.map(drop)
    }

    /// A collection, eventually consistent; `None` where there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn browse_collection(&self, id: &CollectionId) -> Result<Option<CollectionNode>, StoreError> {
        self.table.get_eventually(&[("pk", &collection_key(id))]).await
    }

    /// All collections, eventually consistent.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn browse_collections(&self) -> Result<BTreeMap<CollectionId, CollectionNode>, StoreError> {
        let items = self.of_kind(KIND).await?.into_iter();
        items.filter_map(|item| Some((collection_id(&item)?, item))).map(|(id, item)| Ok((id, decode(item)?))).collect()
    }

    /// What a collection is called now; `None` where it was not heard of.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn collection_name(&self, id: &CollectionId) -> Result<Option<CollectionName>, StoreError> {
        let node: Option<CollectionNode> = self.table.get(&[("pk", &collection_key(id))]).await?;
        Ok(node.map(|node| CollectionName::of(Some(&node))))
    }

    /// Brings the name of a collection up to date, if the page's product is still in it and the page knows less.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn refresh_collection(
        &self,
        id: &ProductId,
        collection_id: &CollectionId,
        name: &CollectionName,
    ) -> Result<(), StoreError> {
        let shown = attribute("collections").key(collection_id.as_str());
        let update = Update::new()
            .set(shown.clone(), value(name)?)
            .add("revision", n(1))
            .when(shown.field("version").is_below(n(name.version)));
        self.settle(&page_key(id), update).await.map(drop)
    }
}

fn collection_id(item: &Item) -> Option<CollectionId> {
    item.get("pk")?.as_s().ok()?.strip_prefix(COLLECTION)?.parse().ok()
}
