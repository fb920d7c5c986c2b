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
    /// Only what has these attributes within these bounds, each attribute once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ranges: Vec<RangeFilter>,
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

/// An attribute that is a number, and its bounds, these included: `volume=0.5..2`, `volume=..2`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RangeFilter {
    /// Which attribute.
    pub name: String,
    /// The least number; `None` where there is no least.
    pub least: Option<f64>,
    /// The highest number; `None` where there is no highest.
    pub most: Option<f64>,
}

/// A text that is no attribute with bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an attribute's name and its bounds, like volume=0.5..2, volume=0.5.. or volume=..2")]
pub struct RangeFilterError;

impl FromStr for RangeFilter {
    type Err = RangeFilterError;
    fn from_str(text: &str) -> Result<Self, RangeFilterError> {
        let (name, bounds) = text.split_once('=').ok_or(RangeFilterError)?;
        let (least, most) = bounds.split_once("..").ok_or(RangeFilterError)?;
        let bound = |text: &str| {
            let is_number = text.len() <= 32 && text.bytes().all(|b| b.is_ascii_digit() || b"-.".contains(&b));
            match text {
                "" => Ok(None),
                _ if is_number => text.parse().map(Some).map_err(|_| RangeFilterError),
                _ => Err(RangeFilterError),
            }
        };
        let (least, most) = (bound(least)?, bound(most)?);
        let is_empty = matches!((least, most), (Some(least), Some(most)) if least > most);
        if !(1..=64).contains(&name.chars().count()) || (least.is_none() && most.is_none()) || is_empty {
            return Err(RangeFilterError);
        }
        Ok(Self { name: name.to_owned(), least, most })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_has_a_name_and_a_bound() {
        let read = |text: &str| text.parse::<RangeFilter>().map(|range| (range.name, range.least, range.most));
        assert_eq!(read("volume=0.5..2"), Ok(("volume".to_owned(), Some(0.5), Some(2.0))));
        assert_eq!(read("a b=-5.."), Ok(("a b".to_owned(), Some(-5.0), None)));
        assert_eq!(read("a=..5"), Ok(("a".to_owned(), None, Some(5.0))));
        for bad in ["", "a", "a=", "a=5", "a=..", "=1..2", "a=2..1", "a=1..x", "a=1e5..", "a=inf..", "a=1...2..3"] {
            assert_eq!(read(bad), Err(RangeFilterError), "{bad}");
        }
    }
}
