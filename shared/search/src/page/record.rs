use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use souk_domain::{
    condition::ItemCondition,
    ids::{CategoryId, CollectionId, ProductId, SellerId, Sku},
    measure::{Length, Weight},
    money::Money,
    names::{Brand, Tag},
};
use utoipa::ToSchema;

/// The item of one product: what its page shows, each part with the version of its source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProductPage {
    /// Which product.
    pub product_id: ProductId,
    /// Raised by one at every write of this item; never falls, not even when the product is deleted.
    pub revision: u64,
    /// The product's version in the catalog.
    pub catalog_version: u64,
    /// What the catalog says; `None` where the product is deleted.
    #[serde(default)]
    pub product: Option<PageProduct>,
    /// When the product was deleted, where it is.
    #[serde(default)]
    pub deleted_at: Option<Timestamp>,
    /// Where it stands in the tree.
    #[serde(default)]
    pub category: Option<CategoryPath>,
    /// Where else it stands.
    #[serde(default)]
    pub further: BTreeMap<CategoryId, CategoryPath>,
    /// What the collections are called that it is in.
    #[serde(default)]
    pub collections: BTreeMap<CollectionId, CollectionName>,
    /// Who sells it.
    #[serde(default)]
    pub seller: Option<SellerName>,
    /// What is known of the prices of its SKUs.
    #[serde(default)]
    pub prices: BTreeMap<Sku, PriceFact>,
    /// What is known of the stock of its SKUs.
    #[serde(default)]
    pub availability: BTreeMap<Sku, AvailabilityFact>,
    /// Every SKU that the product has ever had: those that it has no longer must not be found.
    #[serde(default)]
    pub known_skus: BTreeSet<Sku>,
}

impl ProductPage {
    /// The ways to all categories that it stands in, the main one first.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &CategoryPath> {
        self.category.iter().chain(self.further.values())
    }
}

/// What the catalog says about a product.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageProduct {
    /// Which product.
    pub product_id: ProductId,
    /// Its version in the catalog.
    pub version: u64,
    /// What it is called.
    pub title: String,
    /// What there is to say about it.
    pub description: String,
    /// Where it stands before all.
    pub category_id: CategoryId,
    /// Where else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further_category_ids: Vec<CategoryId>,
    /// The collections that it is in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub collection_ids: Vec<CollectionId>,
    /// Free words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// Who sells it.
    pub seller_id: SellerId,
    /// Who makes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<Brand>,
    /// In which condition it is sold.
    #[serde(default)]
    pub condition: ItemCondition,
    /// What buyers think of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    /// Properties that all variants share.
    #[serde(default)]
    pub attributes: BTreeMap<String, Value>,
    /// Pictures, the first one foremost.
    #[serde(default)]
    pub images: Vec<Image>,
    /// What can be bought.
    pub variants: Vec<Variant>,
    /// When it came into the catalog.
    pub created_at: Timestamp,
}

/// One thing that can be bought.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Variant {
    /// Its key everywhere.
    pub sku: Sku,
    /// What sets it apart in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What sets it apart as properties.
    #[serde(default)]
    pub attributes: BTreeMap<String, Value>,
    /// What it weighs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<Weight>,
    /// How large it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimensions: Option<Dimensions>,
}

/// How large something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dimensions {
    /// From the front to the back.
    pub length: Length,
    /// From side to side.
    pub width: Length,
    /// From the bottom to the top.
    pub height: Length,
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// Its address.
    pub url: String,
    /// What it shows.
    pub alt: String,
}

/// The mean of the ratings.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = PageRating)]
pub struct Rating {
    /// From 0 to 5.
    pub average: f64,
    /// How many ratings.
    pub count: u32,
}

/// The names from a root of the tree down to a category of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryPath {
    /// Which category.
    pub category_id: CategoryId,
    /// Later among the paths of one category than each that was read before it; empty where it was read
    /// from a tree that stood in one item.
    #[serde(default)]
    pub versions: String,
    /// 0 where not all of the way was known. Once it was the revision of the tree.
    pub tree_revision: u64,
    /// From the root down, the category itself last.
    pub names: Vec<CategoryName>,
    /// Which of its products' attributes are more than a text that search counts; only of a main category.
    #[serde(default, skip_serializing_if = "AttributeRules::is_empty")]
    pub attributes: AttributeRules,
}

/// What categories say of attributes, by their names.
pub type AttributeRules = BTreeMap<String, AttributeRule>;

/// What a category says of an attribute, as far as pages and search want to know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttributeRule {
    /// Its value is a number.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_number: bool,
    /// In which unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Whether search counts and filters by it.
    pub is_facet: bool,
}

/// A category on the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CategoryName {
    /// Which one.
    pub category_id: CategoryId,
    /// What it is called.
    pub name: String,
}

/// What a seller is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SellerName {
    /// Which seller.
    pub seller_id: SellerId,
    /// The seller's version; 0 where they were not yet heard of.
    pub version: u64,
    /// What they are called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// What a collection is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectionName {
    /// The collection's version; 0 where it was not yet heard of.
    pub version: u64,
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// What pricing said about a SKU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceFact {
    /// What one unit costs.
    pub price: Money,
    /// The version of that price.
    pub version: u64,
}

/// What inventory said about a SKU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AvailabilityFact {
    /// How many units can be bought, in all warehouses together.
    pub available: u64,
    /// The version of that count.
    pub version: u64,
}
