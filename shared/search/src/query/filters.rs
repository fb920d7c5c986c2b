//! The filters of a search, each by what it belongs to.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{RangeFilter, SearchQuery};

/// What a filter belongs to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Of {
    Category,
    Collection,
    Tag,
    Brand,
    Condition,
    Price,
    Rating,
    Seller,
    Stock,
    Attribute(String),
    Range(String),
}

impl Of {
    pub(super) fn is_of_variants(&self) -> bool {
        matches!(self, Self::Price | Self::Stock | Self::Attribute(_) | Self::Range(_))
    }
}

/// The filters of a search.
pub(super) struct Filters(BTreeMap<Of, Value>);

impl Filters {
    pub(super) fn of(search: &SearchQuery) -> Self {
        let mut filters = BTreeMap::new();
        if let Some(category) = &search.category {
            filters.insert(Of::Category, json!({"term": {"category_ids": category}}));
        }
        if let Some(collection) = &search.collection {
            filters.insert(Of::Collection, json!({"term": {"collection_ids": collection}}));
        }
        if !search.tags.is_empty() {
            filters.insert(Of::Tag, json!({"terms": {"tags": search.tags}}));
        }
        if !search.brands.is_empty() {
            filters.insert(Of::Brand, json!({"terms": {"brand": search.brands}}));
        }
        if !search.conditions.is_empty() {
            filters.insert(Of::Condition, json!({"terms": {"condition": search.conditions}}));
        }
        if let Some(seller) = &search.seller {
            filters.insert(Of::Seller, json!({"term": {"seller_id": seller}}));
        }
        if search.min_price.is_some() || search.max_price.is_some() {
            let mut range = json!({});
            if let Some(least) = search.min_price {
                range["gte"] = json!(least);
            }
            if let Some(most) = search.max_price {
                range["lte"] = json!(most);
            }
            filters.insert(Of::Price, json!({"range": {"variants.price": range}}));
        }
        if let Some(least) = search.min_rating {
            filters.insert(Of::Rating, json!({"range": {"rating_average": {"gte": least}}}));
        }
        if search.in_stock {
            filters.insert(Of::Stock, json!({"term": {"variants.in_stock": true}}));
        }
        let mut values: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for filter in &search.attributes {
            values.entry(&filter.name).or_default().push(filter.clone().into());
        }
        for (name, pairs) in values {
            filters.insert(Of::Attribute(name.to_owned()), json!({"terms": {"variants.attribute_pairs": pairs}}));
        }
        for range in &search.ranges {
            filters.insert(Of::Range(range.name.clone()), within(range));
        }
        Self(filters)
    }

    /// Those that a product as a whole has to match.
    pub(super) fn of_products(&self) -> Vec<Value> {
        self.but(None, |of| !of.is_of_variants())
    }

    /// Those that one of its variants has to match, all together.
    pub(super) fn of_variants(&self) -> Vec<Value> {
        self.but(None, Of::is_of_variants)
    }

    /// Those of some kinds, without the one that is a facet's own.
    pub(super) fn but(&self, own: Option<&Of>, which: impl Fn(&Of) -> bool) -> Vec<Value> {
        let others = self.0.iter().filter(|(of, _)| which(of) && Some(*of) != own);
        others.map(|(_, filter)| filter.clone()).collect()
    }

    /// The attributes that are filtered by bounds.
    pub(super) fn ranges(&self) -> impl Iterator<Item = &String> {
        self.0.keys().filter_map(|of| if let Of::Range(name) = of { Some(name) } else { None })
    }

    /// The attributes that are filtered by values.
    pub(super) fn attributes(&self) -> impl Iterator<Item = &String> {
        self.0.keys().filter_map(|of| if let Of::Attribute(name) = of { Some(name) } else { None })
    }
}

/// A variant one number of which is called so and lies within the bounds.
fn within(range: &RangeFilter) -> Value {
    let mut bounds = json!({});
    if let Some(least) = range.least {
        bounds["gte"] = json!(least);
    }
    if let Some(most) = range.most {
        bounds["lte"] = json!(most);
    }
    json!({"nested": {"path": "variants.numbers", "score_mode": "none", "query": {"bool": {"filter": [
        {"term": {"variants.numbers.name": range.name}}, {"range": {"variants.numbers.value": bounds}},
    ]}}}})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_hold_exactly_what_was_asked_for() {
        let search = SearchQuery {
            category: Some("bags".parse().unwrap()),
            collection: Some("summer".parse().unwrap()),
            tags: vec!["Gift".parse().unwrap(), "eco".parse().unwrap()],
            brands: vec!["Hide & Co".parse().unwrap()],
            conditions: vec!["used_good".parse().unwrap()],
            min_price: Some(100),
            min_rating: Some(4.0),
            in_stock: true,
            attributes: vec!["colour=red".parse().unwrap(), "size=M".parse().unwrap(), "colour=blue".parse().unwrap()],
            ..SearchQuery::default()
        };
        let filters = Filters::of(&search);
        assert_eq!(
            filters.of_products(),
            [
                json!({"term": {"category_ids": "bags"}}),
                json!({"term": {"collection_ids": "summer"}}),
                json!({"terms": {"tags": ["gift", "eco"]}}),
                json!({"terms": {"brand": ["Hide & Co"]}}),
                json!({"terms": {"condition": ["used_good"]}}),
                json!({"range": {"rating_average": {"gte": 4.0}}}),
            ]
        );
        assert_eq!(
            filters.of_variants(),
            [
                json!({"range": {"variants.price": {"gte": 100}}}),
                json!({"term": {"variants.in_stock": true}}),
                json!({"terms": {"variants.attribute_pairs": ["colour=red", "colour=blue"]}}),
                json!({"terms": {"variants.attribute_pairs": ["size=M"]}}),
            ]
        );
        let none = Filters::of(&SearchQuery::default());
        assert!(none.of_products().is_empty() && none.of_variants().is_empty());
    }
}
