//! Search documents: one per product, with its variants nested in it. A product is counted, sorted and paged as the
//! one document that it is; words and filters have to match within one variant, so each holds all its words.

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use souk_domain::{condition::ItemCondition, ids::ProductId, names::Tag};

use crate::{
    page::{AttributeRule, CategoryName, PageProduct, ProductPage, Rating, Variant},
    query::code_key,
};

/// What has to be done to the index. The version is the page's revision: of two actions on one
/// document the higher version wins, in whatever order they come.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// The product is to be found as this document.
    Index {
        /// The document's id.
        product_id: ProductId,
        /// Its version.
        version: u64,
        /// The whole document.
        document: Value,
    },
    /// The product is not to be found.
    Delete {
        /// The document's id.
        product_id: ProductId,
        /// The version of the deletion.
        version: u64,
    },
}

impl Action {
    /// The document's id.
    pub fn product_id(&self) -> &ProductId {
        match self {
            Self::Index { product_id, .. } | Self::Delete { product_id, .. } => product_id,
        }
    }

    /// The version of what is to be done.
    pub fn version(&self) -> u64 {
        match self {
            Self::Index { version, .. } | Self::Delete { version, .. } => *version,
        }
    }

    pub(crate) fn is_index(&self) -> bool {
        matches!(self, Self::Index { .. })
    }
}

/// A product's number among 2³², the same for ever: what cursors remember it by, and what divides an index into parts.
pub(crate) fn mark(product_id: &str) -> u32 {
    let digest = Sha256::digest(product_id.as_bytes());
    u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
}

impl ProductPage {
    /// What the index must do to agree with this page, whatever it has seen before.
    pub fn action(&self) -> Action {
        let (product_id, version) = (self.product_id.clone(), self.revision);
        match self.product.as_ref().filter(|product| !product.variants.is_empty()) {
            Some(product) => Action::Index { product_id, version, document: self.document(product) },
            None => Action::Delete { product_id, version },
        }
    }

    fn seller_name(&self) -> &str {
        self.seller.as_ref().and_then(|seller| seller.name.as_deref()).unwrap_or_default()
    }

    fn document(&self, product: &PageProduct) -> Value {
        let path = self.category.as_ref().map(|path| path.names.as_slice()).unwrap_or_default();
        let known = self.paths().flat_map(|path| &path.names).map(|name| &name.category_id);
        let named = std::iter::once(&product.category_id).chain(&product.further_category_ids);
        let facets = self.paths().flat_map(|path| category_facets(&path.names));
        let rating = product.rating;
        json!({
            "product_id": product.product_id,
            "mark": mark(product.product_id.as_str()),
            "title": product.title,
            "category_id": product.category_id,
            "category_ids": unique(known.chain(named)),
            "category_names": path.iter().map(|name| name.name.as_str()).collect::<Vec<_>>(),
            "category_facets": unique(facets),
            "collection_ids": product.collection_ids,
            "collection_facets": self.collection_facets(),
            "tags": product.tags,
            "brand": product.brand,
            "condition": product.condition,
            "seller_id": product.seller_id,
            "seller_facet": format!("{}|{}", product.seller_id, self.seller_name()),
            "seller_name": self.seller.as_ref().and_then(|seller| seller.name.as_deref()),
            // Unrated counts as 0, so that sorting needs no rule for absent values.
            "rating_average": rating.map_or(0.0, |r| r.average),
            "rating_count": rating.map_or(0, |r| r.count),
            "rating_weighted": rounded(rating.map_or(0.0, weighted)),
            "popularity": rounded(popularity(rating)),
            "in_stock": product.variants.iter().any(|variant| self.available(variant) > Some(0)),
            "image": product.images.first(),
            "created_at": product.created_at.as_millisecond(),
            "variants": product.variants.iter().map(|variant| self.variant(product, variant)).collect::<Vec<_>>(),
        })
    }

    /// What the product's category says of an attribute, where it says anything.
    fn rule(&self, name: &str) -> Option<&AttributeRule> {
        self.category.as_ref()?.attributes.get(name)
    }

    /// What filters and facets count: `colour=brown`. Names hold no `=` there; a value may.
    fn pairs(&self, product: &PageProduct, variant: &Variant) -> Vec<String> {
        let counted = merged(product, variant).into_iter();
        let counted = counted.filter(|(name, _)| self.rule(name).is_none_or(|rule| rule.is_facet && !rule.is_number));
        let pair = |(name, value): (String, Value)| {
            let text = match value {
                Value::String(text) => text,
                Value::Number(number) => number.to_string(),
                Value::Bool(is) => if is { "yes" } else { "no" }.to_owned(),
                _ => return None,
            };
            let is_short = text.chars().count() <= FACET_MAX && !text.trim().is_empty() && !name.contains('=');
            is_short.then(|| format!("{name}={}", text.trim()))
        };
        counted.filter_map(pair).collect()
    }

    /// What is filtered by ranges: numbers of attributes that a category says to be numbers. A unit holds no `|`.
    fn numbers(&self, product: &PageProduct, variant: &Variant) -> Vec<Value> {
        let number = |(name, value): (String, Value)| {
            let rule = self.rule(&name).filter(|rule| rule.is_number && rule.is_facet)?;
            let facet = format!("{}|{name}", rule.unit.as_deref().unwrap_or_default());
            Some(json!({"name": name, "facet": facet, "value": value.as_f64()?}))
        };
        merged(product, variant).into_iter().filter_map(number).collect()
    }

    /// `id|name` of those whose names are known.
    fn collection_facets(&self) -> Vec<String> {
        let named = self.collections.iter().filter_map(|(id, shown)| Some((id, shown.name.as_ref()?)));
        named.map(|(id, name)| format!("{id}|{name}")).collect()
    }

    fn available(&self, variant: &Variant) -> Option<u64> {
        self.availability.get(&variant.sku).map(|fact| fact.available)
    }

    fn variant(&self, product: &PageProduct, variant: &Variant) -> Value {
        let names = || self.paths().flat_map(|path| &path.names).map(|name| name.name.as_str());
        let collections = self.collections.values().filter_map(|collection| collection.name.as_deref());
        let available = self.available(variant);
        json!({
            "sku": variant.sku,
            "sku_key": code_key(variant.sku.as_str()),
            "product_key": code_key(product.product_id.as_str()),
            "title": product.title,
            "variant_title": variant.title,
            "description": product.description,
            "category_names": unique(names()),
            "kinds": unique(names().flat_map(kinds)),
            "tag_words": product.tags.iter().map(Tag::as_str).chain(collections).collect::<Vec<_>>(),
            "seller_name": self.seller.as_ref().and_then(|seller| seller.name.as_deref()),
            "attribute_words": words(product, variant).into_iter().chain(said_of(product)).collect::<Vec<_>>(),
            "attribute_pairs": self.pairs(product, variant),
            "numbers": self.numbers(product, variant),
            "attributes": merged(product, variant),
            "price": self.prices.get(&variant.sku).map(|fact| fact.price.amount()),
            "available": available,
            "in_stock": available > Some(0),
        })
    }
}

/// Each once, in their order.
fn unique<T: PartialEq>(all: impl Iterator<Item = T>) -> Vec<T> {
    all.fold(Vec::new(), |mut kept, next| {
        if !kept.contains(&next) {
            kept.push(next);
        }
        kept
    })
}

/// The variant's attributes go before the product's.
fn merged(product: &PageProduct, variant: &Variant) -> Map<String, Value> {
    product.attributes.iter().chain(&variant.attributes).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// What attributes say in words; yes and no say nothing without their name.
fn words(product: &PageProduct, variant: &Variant) -> Vec<String> {
    merged(product, variant)
        .into_iter()
        .filter_map(|(name, value)| match value {
            Value::String(text) => Some(text),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(true) => Some(name),
            _ => None,
        })
        .collect()
}

/// Who makes a product, and that it is not new: as good as an attribute.
fn said_of(product: &PageProduct) -> impl Iterator<Item = String> {
    let is_new = product.condition == ItemCondition::New;
    let condition = (!is_new).then(|| product.condition.as_str().replace('_', " "));
    product.brand.as_ref().map(ToString::to_string).into_iter().chain(condition)
}

/// `id|parent|name`, so that facets can show names and the tree without another look-up: an id holds no `|`.
fn category_facets(path: &[CategoryName]) -> Vec<String> {
    let parents = std::iter::once("").chain(path.iter().map(|name| name.category_id.as_str()));
    path.iter().zip(parents).map(|(name, parent)| format!("{}|{parent}|{}", name.category_id, name.name)).collect()
}

/// A longer value is a text, by which nobody filters.
const FACET_MAX: usize = 64;

/// The nouns of a category's name: `Hats`, `Scarves` and `Gloves`; `Shoes` of `Running Shoes`.
fn kinds(name: &str) -> Vec<&str> {
    name.split([',', '&', '/'])
        .flat_map(|part| part.split(" and "))
        .filter_map(|part| part.split_whitespace().next_back())
        .collect()
}

/// As if everything had been rated this often before, with this average: one five is no favourite yet.
const PRIOR: (f64, f64) = (20.0, 3.8);
/// From this many ratings on, more say nothing.
const MANY: f64 = 10_000.0;

/// To six digits: a place in an order is told by such a number, which has to come back as it was.
fn rounded(number: f64) -> f64 {
    (number * 1e6).round() / 1e6
}

/// The average, weighted by how many have rated.
fn weighted(rating: Rating) -> f64 {
    let (often, average) = PRIOR;
    let count = f64::from(rating.count);
    (often * average + rating.average * count) / (often + count)
}

/// From 0 to 1: half by the average, weighted by how many have rated, half by how many those are.
fn popularity(rating: Option<Rating>) -> f64 {
    let count = rating.map_or(0.0, |rating| f64::from(rating.count));
    let average = rating.map_or(0.0, weighted);
    average / 10.0 + ((1.0 + count).ln() / (1.0 + MANY).ln()).min(1.0) / 2.0
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use souk_domain::money::Money;

    use super::*;
    use crate::page::{AvailabilityFact, CategoryPath, CollectionName, PriceFact};

    fn page() -> ProductPage {
        let product = json!({
            "product_id": "p-1", "version": 3, "title": "Leather Backpack", "description": "Soft.", "category_id": "packs",
            "seller_id": "hide", "attributes": {"material": "leather", "vegan": false, "waterproof": true},
            "variants": [{"sku": "A", "title": "Brown", "attributes": {"colour": "brown"}}, {"sku": "B"}],
            "created_at": "2026-11-24T00:00:00Z",
        });
        let names = [("bags", "Bags"), ("packs", "Backpacks")]
            .map(|(id, name)| CategoryName { category_id: id.parse().unwrap(), name: name.to_owned() });
        ProductPage {
            product_id: "p-1".parse().unwrap(),
            revision: 9,
            deleted_at: None,
            catalog_version: 3,
            product: serde_json::from_value(product).unwrap(),
            category: Some(CategoryPath {
                category_id: "packs".parse().unwrap(),
                versions: String::new(),
                tree_revision: 1,
                names: names.into(),
                attributes: BTreeMap::new(),
            }),
            further: BTreeMap::new(),
            collections: BTreeMap::new(),
            seller: None,
            prices: [("A".parse().unwrap(), PriceFact { price: Money::usd(1999).unwrap(), version: 1 })].into(),
            availability: [("A".parse().unwrap(), AvailabilityFact { available: 3, version: 1 })].into(),
            known_skus: BTreeSet::from(["A", "B", "OLD"].map(|sku| sku.parse().unwrap())),
        }
    }

    fn document() -> Value {
        let Action::Index { document, .. } = page().action() else { panic!("it is deleted") };
        document
    }

    #[test]
    fn a_product_is_one_document_with_all_its_variants() {
        let action = page().action();
        assert_eq!((action.product_id().as_str(), action.version(), action.is_index()), ("p-1", 9, true));
        let document = document();
        assert_eq!(document["category_ids"], json!(["bags", "packs"]));
        assert_eq!(document["category_facets"], json!(["bags||Bags", "packs|bags|Backpacks"]));
        assert_eq!((&document["in_stock"], &document["mark"]), (&json!(true), &json!(mark("p-1"))));
        let variants = document["variants"].as_array().unwrap();
        let first = &variants[0];
        assert_eq!((&first["sku"], &first["price"], &first["in_stock"]), (&json!("A"), &json!(1999), &json!(true)));
        assert_eq!(first["attribute_words"], json!(["brown", "leather", "waterproof"]));
        let pairs = json!(["colour=brown", "material=leather", "vegan=no", "waterproof=yes"]);
        assert_eq!(first["attribute_pairs"], pairs);
        assert_eq!((&variants[1]["price"], &variants[1]["in_stock"]), (&Value::Null, &json!(false)));
        assert_eq!(variants.len(), 2);
    }

    #[test]
    fn whatever_else_is_said_of_a_product_finds_it_too() {
        let mut page = page();
        let product = page.product.as_mut().unwrap();
        product.further_category_ids = ["gifts", "unheard-of"].map(|id| id.parse().unwrap()).into();
        product.collection_ids = ["summer", "late"].map(|id| id.parse().unwrap()).into();
        product.tags = ["hand made".parse().unwrap()].into();
        product.brand = Some("Harbour".parse().unwrap());
        product.condition = ItemCondition::UsedGood;
        let path = |id: &str, names: &[(&str, &str)]| {
            let name =
                |(id, name): &(&str, &str)| CategoryName { category_id: id.parse().unwrap(), name: (*name).into() };
            let names = names.iter().map(name).collect();
            let category_id: souk_domain::ids::CategoryId = id.parse().unwrap();
            (
                category_id.clone(),
                CategoryPath {
                    category_id,
                    versions: String::new(),
                    tree_revision: 1,
                    names,
                    attributes: BTreeMap::new(),
                },
            )
        };
        page.further = [path("gifts", &[("bags", "Bags"), ("gifts", "Gift Ideas")]), path("unheard-of", &[])].into();
        let name = |version, name: Option<&str>| CollectionName { version, name: name.map(str::to_owned) };
        page.collections =
            [("summer".parse().unwrap(), name(2, Some("Sun | Sea"))), ("late".parse().unwrap(), name(0, None))].into();
        let Action::Index { document, .. } = page.action() else { panic!("no document") };
        assert_eq!(document["category_ids"], json!(["bags", "packs", "gifts", "unheard-of"]));
        assert_eq!(document["category_names"], json!(["Bags", "Backpacks"]), "the way that a hit shows");
        assert_eq!(document["category_facets"], json!(["bags||Bags", "packs|bags|Backpacks", "gifts|bags|Gift Ideas"]));
        assert_eq!(document["collection_ids"], json!(["summer", "late"]));
        assert_eq!(document["collection_facets"], json!(["summer|Sun | Sea"]));
        assert_eq!(document["tags"], json!(["hand made"]));
        assert_eq!((&document["brand"], &document["condition"]), (&json!("Harbour"), &json!("used_good")));
        let first = &document["variants"][0];
        assert_eq!(first["attribute_words"], json!(["brown", "leather", "waterproof", "Harbour", "used good"]));
        assert_eq!(first["category_names"], json!(["Bags", "Backpacks", "Gift Ideas"]));
        assert_eq!(first["kinds"], json!(["Bags", "Backpacks", "Ideas"]));
        assert_eq!(first["tag_words"], json!(["hand made", "Sun | Sea"]));
    }

    #[test]
    fn a_category_says_what_is_counted_and_what_is_a_number() {
        let mut page = page();
        let product = page.product.as_mut().unwrap();
        product.attributes.insert("volume".to_owned(), json!(22));
        product.attributes.insert("stars".to_owned(), json!("many"));
        let rule = |is_number, unit: Option<&str>, is_facet| AttributeRule {
            is_number,
            unit: unit.map(str::to_owned),
            is_facet,
        };
        page.category.as_mut().unwrap().attributes = [
            ("material", rule(false, None, false)),
            ("volume", rule(true, Some("l"), true)),
            // From before its category said so: no number.
            ("stars", rule(true, None, true)),
        ]
        .map(|(name, rule)| (name.to_owned(), rule))
        .into();
        let Action::Index { document, .. } = page.action() else { panic!("no document") };
        let first = &document["variants"][0];
        assert_eq!(first["attribute_pairs"], json!(["colour=brown", "vegan=no", "waterproof=yes"]));
        assert_eq!(first["numbers"], json!([{"name": "volume", "facet": "l|volume", "value": 22.0}]));
        assert!(first["attribute_words"].as_array().unwrap().contains(&json!("leather")), "it is a word all the same");
        assert_eq!(page.view().unwrap().units, [("volume".to_owned(), "l".to_owned())].into());
    }

    #[test]
    fn one_five_does_not_beat_two_thousand_ratings_of_4_9() {
        let of = |average, count| popularity(Some(Rating { average, count }));
        assert!(of(5.0, 1) < of(4.9, 2_000) && of(2.0, 50) < of(4.5, 50) && popularity(None) < of(4.5, 50));
        assert!((0.0..=1.0).contains(&of(5.0, u32::MAX)));
    }

    #[test]
    fn a_category_names_the_kinds_of_its_products() {
        assert_eq!(kinds("Hats, Scarves & Gloves"), ["Hats", "Scarves", "Gloves"]);
        assert_eq!(kinds("Running Shoes"), ["Shoes"]);
        assert_eq!(kinds("Jackets and Coats"), ["Jackets", "Coats"]);
    }

    #[test]
    fn a_tombstone_and_a_product_without_variants_are_not_found() {
        let delete = Action::Delete { product_id: "p-1".parse().unwrap(), version: 9 };
        assert_eq!(ProductPage { product: None, ..page() }.action(), delete);
        let mut page = page();
        page.product.as_mut().unwrap().variants.clear();
        assert_eq!(page.action(), delete);
    }

    #[test]
    fn a_product_whose_category_is_unknown_is_found_by_its_id_all_the_same() {
        let page = ProductPage { category: None, ..page() };
        let Action::Index { document, .. } = page.action() else { panic!("no document") };
        assert_eq!(document["category_ids"], json!(["packs"]));
    }
}
