//! How matches divide up, as it is answered.

use serde::Serialize;
use utoipa::ToSchema;

/// How the matches divide up, in products. Each counts with all filters but its own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct Facets {
    /// By category; a product counts in each of its categories, and in each category above them, once.
    pub categories: Vec<CategoryFacet>,
    /// By collection.
    pub collections: Vec<CollectionFacet>,
    /// By tag; the thirty that most have.
    pub tags: Vec<ValueFacet>,
    /// By brand; the hundred that most have.
    pub brands: Vec<ValueFacet>,
    /// By condition.
    pub conditions: Vec<ValueFacet>,
    /// By price; a product counts wherever one of its variants does.
    pub prices: Vec<PriceFacet>,
    /// By rating.
    pub ratings: Vec<RatingFacet>,
    /// By seller.
    pub sellers: Vec<SellerFacet>,
    /// By attribute: colour, size, brand, whatever the matches have; those that most of them have first.
    pub attributes: Vec<AttributeFacet>,
    /// By attributes that their category says to be numbers: what they lie between.
    pub numbers: Vec<NumberFacet>,
    /// How many can be bought now.
    pub in_stock: u64,
}

/// One category among the matches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CategoryFacet {
    /// Which category.
    pub category_id: String,
    /// The category right above it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<String>,
    /// What it is called.
    pub name: String,
    /// How many products.
    pub count: u64,
}

/// Products of a collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CollectionFacet {
    /// Which collection; fits `collection`.
    pub collection_id: String,
    /// What it is called.
    pub name: String,
    /// How many products.
    pub count: u64,
}

/// Products with a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ValueFacet {
    /// Which value; fits the parameter of that name.
    pub value: String,
    /// How many products.
    pub count: u64,
}

/// One range of prices; the bounds fit `min_price` and `max_price`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PriceFacet {
    /// The least price in minor units.
    pub min_price: i64,
    /// The highest price in minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_price: Option<i64>,
    /// How many products.
    pub count: u64,
}

/// Products that are rated at least so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RatingFacet {
    /// The least average.
    pub min_rating: i64,
    /// How many products.
    pub count: u64,
}

/// Products of a seller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SellerFacet {
    /// Which seller; fits `seller`.
    pub seller_id: String,
    /// What they are called.
    pub name: String,
    /// How many products.
    pub count: u64,
}

/// An attribute among the matches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AttributeFacet {
    /// What it is called.
    pub name: String,
    /// Its values, the commonest first.
    pub values: Vec<AttributeValue>,
}

/// A value of an attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AttributeValue {
    /// The value; with its attribute's name and `=` before it, it fits `attribute`.
    pub value: String,
    /// How many products.
    pub count: u64,
}

/// An attribute that is a number, among the matches.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct NumberFacet {
    /// What it is called; with `=` and bounds behind it, it fits `range`.
    pub name: String,
    /// In which unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The least number.
    pub least: f64,
    /// The highest number.
    pub most: f64,
    /// How many products have one.
    pub count: u64,
}
