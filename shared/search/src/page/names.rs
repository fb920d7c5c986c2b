//! The names that a page borrows: of its categories with the ways to them, its collections, its seller.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use souk_domain::ids::{CategoryId, CollectionId, ProductId, SellerId, Sku};
use souk_dynamo::{Attribute, Condition, Item, StoreError, Update, attribute, decode, n, s, value};

use super::{
    AttributeRules, CategoryPath, CollectionName, PageProduct, Pages, SellerName,
    facts::SkuFacts,
    nodes::nodes,
    store::{category_key, collection_key, page_key, seller_key, sku_key},
};

/// The names that belong to one product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Names {
    pub(super) category: CategoryPath,
    pub(super) further: BTreeMap<CategoryId, CategoryPath>,
    pub(super) collections: BTreeMap<CollectionId, CollectionName>,
    pub(super) seller: SellerName,
}

#[derive(Debug, Serialize, Deserialize)]
struct SellerItem {
    name: String,
    version: u64,
}

/// What is known around a product: what its page borrows, and what others published of its SKUs. A SKU of
/// which nobody has published anything is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Surroundings {
    pub(super) names: Names,
    pub(super) facts: HashMap<Sku, SkuFacts>,
}

impl Pages {
    /// What a product's categories, collections and seller are called now, and what is known of these SKUs.
    pub(super) async fn surroundings(&self, product: &PageProduct, skus: &[&Sku]) -> Result<Surroundings, StoreError> {
        let categories = std::iter::once(&product.category_id).chain(&product.further_category_ids);
        // Ways meet towards the root: each node is read once.
        let nodes_asked: BTreeSet<_> = categories.flat_map(|id| self.kept.guess(id)).collect();
        let mut keys = vec![seller_key(&product.seller_id)];
        keys.extend(nodes_asked.iter().map(category_key));
        keys.extend(product.collection_ids.iter().map(collection_key));
        keys.extend(skus.iter().map(|sku| sku_key(sku)));
        let keys: Vec<_> = keys.iter().map(|key| [("pk", key.as_str())]).collect();
        let mut found: HashMap<_, _> = self.table.get_many(&keys, true).await?.into_iter().map(with_key).collect();
        let nodes = nodes(nodes_asked, |id| found.remove(&category_key(id)))?;
        let seller: Option<SellerItem> = found.remove(&seller_key(&product.seller_id)).map(decode).transpose()?;
        let (version, name) = seller.map_or((0, None), |SellerItem { name, version }| (version, Some(name)));
        let seller = SellerName { seller_id: product.seller_id.clone(), version, name };
        let mut collections = BTreeMap::new();
        for id in &product.collection_ids {
            let item = found.remove(&collection_key(id)).map(decode).transpose()?;
            collections.insert(id.clone(), CollectionName::of(item.as_ref()));
        }
        let mut facts = HashMap::new();
        for sku in skus {
            if let Some(item) = found.remove(&sku_key(sku)) {
                facts.insert((*sku).clone(), decode(item)?);
            }
        }
        let category = self.path_of(&product.category_id, &nodes).await?;
        let mut further = BTreeMap::new();
        for id in &product.further_category_ids {
            further.insert(id.clone(), without_rules(self.path_of(id, &nodes).await?));
        }
        Ok(Surroundings { names: Names { category, further, collections, seller }, facts })
    }

    /// Takes note of what a seller is called. The pages of their products have to be refreshed after it.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn record_seller(&self, id: &SellerId, name: &str, version: u64) -> Result<(), StoreError> {
        let update = Update::new()
            .set("name", s(name))
            .set("version", n(version))
            .when(attribute("pk").is_absent().or(attribute("version").is_below(n(version))));
        self.settle(&seller_key(id), update).await.map(drop)
    }

    /// What a seller is called now; `None` where they were not heard of.
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
        let shown = attribute("seller");
        let update = Update::new()
            .set(shown.clone(), value(seller)?)
            .add("revision", n(1))
            .when(shown.clone().field("seller_id").equals(s(seller.seller_id.as_str())))
            .when(shown.field("version").is_below(n(seller.version)));
        self.settle(&page_key(id), update).await.map(drop)
    }

    /// Brings the path of one of a page's categories up to date, if the page still stands in that category and knows
    /// an older path.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn refresh_category(&self, id: &ProductId, category: &CategoryPath) -> Result<(), StoreError> {
        let shown = attribute("category");
        let older = older_than(&shown, category);
        let update = Update::new()
            .set(shown.clone(), value(category)?)
            .add("revision", n(1))
            .when(shown.field("category_id").equals(s(category.category_id.as_str())))
            .when(older);
        let page = self.settle(&page_key(id), update).await?;
        // A product stands in a category once: either before all, or else.
        if page.is_some_and(|page| stands_also_in(&page, &category.category_id)) {
            let shown = attribute("further").key(category.category_id.as_str());
            let older = older_than(&shown, category);
            let path = value(&without_rules(category.clone()))?;
            let update = Update::new().set(shown.clone(), path).add("revision", n(1));
            self.settle(&page_key(id), update.when(shown.exists()).when(older)).await?;
        }
        Ok(())
    }
}

/// That a page shows an older path than this one.
fn older_than(shown: &Attribute, category: &CategoryPath) -> Condition {
    let versions = shown.clone().field("versions");
    versions.clone().is_absent().or(versions.is_below(s(&category.versions)))
}

/// Only a product's main category says what its attributes are.
fn without_rules(path: CategoryPath) -> CategoryPath {
    CategoryPath { attributes: AttributeRules::new(), ..path }
}

fn stands_also_in(page: &Item, id: &CategoryId) -> bool {
    page.get("further").and_then(|further| further.as_m().ok()).is_some_and(|further| further.contains_key(id.as_str()))
}

fn with_key(item: Item) -> (String, Item) {
    (item.get("pk").and_then(|key| key.as_s().ok()).cloned().unwrap_or_default(), item)
}
