use std::str::FromStr;

use serde::Serialize;
use souk_domain::{
    condition::ItemCondition,
    ids::{CategoryId, CollectionId, SellerId},
    names::{Brand, Tag},
};
use utoipa::ToSchema;

/// What a shopper asks for. Its serialised form binds cursors, so `limit` is left out of it: the next
/// page may have another size.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SearchQuery {
    /// Words, a SKU or a product's id; none browses everything.
    pub q: Option<String>,
    /// Only what stands in this category or below it.
    pub category: Option<CategoryId>,
    /// Only what is in this collection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collection: Option<CollectionId>,
    /// Only what has any of these tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// Only what this seller sells.
    pub seller: Option<SellerId>,
    /// Only what any of these makes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub brands: Vec<Brand>,
    /// Only what is in any of these conditions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<ItemCondition>,
    /// Only what has these attributes, each a name and a value; of several values of one name any will do.
    pub attributes: Vec<AttributeFilter>,
    /// The least price in minor units, this one included.
    pub min_price: Option<i64>,
    /// The highest price in minor units, this one included.
    pub max_price: Option<i64>,
    /// The least average rating, this one included.
    pub min_rating: Option<f64>,
    /// Only what can be bought now, as far as is known.
    pub in_stock: bool,
    /// The order of hits.
    pub sort: Sort,
    /// How many products a page has.
    #[serde(skip)]
    pub limit: usize,
}

/// An attribute with a value, as facets show them: `colour=brown`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub struct AttributeFilter {
    /// Which attribute.
    pub name: String,
    /// Which of its values.
    pub value: String,
}

/// A text that is no attribute with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an attribute's name and value, like colour=brown")]
pub struct AttributeFilterError;

impl FromStr for AttributeFilter {
    type Err = AttributeFilterError;
    fn from_str(text: &str) -> Result<Self, AttributeFilterError> {
        let (name, value) = text.split_once('=').ok_or(AttributeFilterError)?;
        let is_within = |text: &str, most: usize| (1..=most).contains(&text.chars().count());
        if !is_within(name, 64) || !is_within(value, 64) {
            return Err(AttributeFilterError);
        }
        Ok(Self { name: name.to_owned(), value: value.to_owned() })
    }
}

impl From<AttributeFilter> for String {
    fn from(filter: AttributeFilter) -> Self {
        format!("{}={}", filter.name, filter.value)
    }
}

/// The order of hits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// What matches best; without words, what most buyers have rated.
    #[default]
    Relevance,
    /// Cheapest first.
    PriceAsc,
    /// Dearest first.
    PriceDesc,
    /// Best rated first; an average of few ratings counts less.
    Rating,
    /// What came last into the catalog first.
    Newest,
}

/// A text that is no order of hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be relevance, price_asc, price_desc, rating or newest")]
pub struct SortError;

impl FromStr for Sort {
    type Err = SortError;
    fn from_str(text: &str) -> Result<Self, SortError> {
        match text {
            "relevance" => Ok(Self::Relevance),
            "price_asc" => Ok(Self::PriceAsc),
            "price_desc" => Ok(Self::PriceDesc),
            "rating" => Ok(Self::Rating),
            "newest" => Ok(Self::Newest),
            _ => Err(SortError),
        }
    }
}
