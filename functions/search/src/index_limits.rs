//! What an operator may write fits the index, field by field. A field that is added to the mapping needs
//! a row here.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use souk_catalog::{CategoryDetails, CollectionDetails, ProductDetails, ProductRecord, SellerDetails};
use souk_domain::{
    money::{Currency, Money},
    stock::MAX_UNITS,
};
use souk_search::{
    Action, AvailabilityFact, CategoryName, CategoryPath, CollectionName, PriceFact, ProductPage, SellerName,
    definition,
};

use crate::page_projector::{page_product, rule};

/// Lucene takes no longer term, in bytes.
const TERM_MAX: usize = 32_766;
/// OpenSearch takes no longer id of a document, in bytes.
const ID_MAX: usize = 512;
/// OpenSearch takes no more fields in a mapping, unless it is told to.
const FIELDS_MAX: usize = 1_000;
/// No shop has more.
const WAREHOUSES: u64 = 100_000;
/// The tree has no more levels.
const LEVELS: usize = 8;
/// Four bytes of UTF-8: limits of texts count characters.
const WIDE: &str = "𝄞";

/// What the edges are given: the bodies of three PUTs of the catalogue, a price and a row of stock.
struct Written {
    product: Value,
    category: Value,
    collection: Value,
    seller: Value,
    price: i64,
    units: u64,
}

/// A field of the mapping, its type, the most that is taken of it and the least that is not.
type Row = (&'static str, &'static str, fn(&mut Written), fn(&mut Written));

const ROWS: [Row; 41] = [
    ("product_id", "keyword", |w| w.product["category_id"] = id(64), |w| w.product["category_id"] = id(65)),
    ("mark", "long", |w| w.product["category_id"] = id(64), |w| w.product["category_id"] = id(65)),
    ("written_at", "long", |_| {}, |w| w.product["created_at"] = json!(1)),
    ("title", "text", |w| w.product["title"] = wide(200), |w| w.product["title"] = wide(201)),
    ("category_id", "keyword", |w| w.product["category_id"] = id(64), |w| w.product["category_id"] = id(65)),
    ("category_ids", "keyword", |w| w.product["category_id"] = id(64), |w| w.product["category_id"] = id(65)),
    ("category_facets", "keyword", |w| w.category["name"] = wide(100), |w| w.category["name"] = wide(101)),
    (
        "collection_ids",
        "keyword",
        |w| w.product["collection_ids"] = json!([id(64)]),
        |w| w.product["collection_ids"] = json!([id(65)]),
    ),
    ("collection_facets", "keyword", |w| w.collection["name"] = wide(100), |w| w.collection["name"] = wide(101)),
    ("tags", "keyword", |w| w.product["tags"] = json!([wide_name(40)]), |w| w.product["tags"] = json!([wide_name(41)])),
    ("brand", "keyword", |w| w.product["brand"] = wide_name(100), |w| w.product["brand"] = wide_name(101)),
    (
        "condition",
        "keyword",
        |w| w.product["condition"] = json!("used_acceptable"),
        |w| w.product["condition"] = json!("worn"),
    ),
    ("seller_id", "keyword", |w| w.product["seller_id"] = id(64), |w| w.product["seller_id"] = id(65)),
    ("seller_facet", "keyword", |w| w.seller["name"] = wide(100), |w| w.seller["name"] = wide(101)),
    (
        "rating_average",
        "double",
        |w| w.product["rating"]["average"] = json!(5.0),
        |w| w.product["rating"]["average"] = json!(5.001),
    ),
    (
        "rating_count",
        "integer",
        |w| w.product["rating"]["count"] = json!(i32::MAX),
        |w| w.product["rating"]["count"] = json!(i64::from(i32::MAX) + 1),
    ),
    (
        "rating_weighted",
        "double",
        |w| w.product["rating"]["average"] = json!(5.0),
        |w| w.product["rating"]["average"] = json!(5.001),
    ),
    (
        "popularity",
        "double",
        |w| w.product["rating"]["count"] = json!(i32::MAX),
        |w| w.product["rating"]["count"] = json!(i64::from(i32::MAX) + 1),
    ),
    ("in_stock", "boolean", |w| w.units = 0, |w| w.units = u64::MAX),
    ("created_at", "long", |_| {}, |w| w.product["created_at"] = json!(1)),
    (
        "variants.sku",
        "keyword",
        |w| w.product["variants"][0]["sku"] = id(64),
        |w| w.product["variants"][0]["sku"] = id(65),
    ),
    (
        "variants.sku_key",
        "keyword",
        |w| w.product["variants"][0]["sku"] = id(64),
        |w| w.product["variants"][0]["sku"] = id(65),
    ),
    ("variants.product_key", "keyword", |w| w.product["category_id"] = id(64), |w| w.product["category_id"] = id(65)),
    ("variants.title", "text", |w| w.product["title"] = wide(200), |w| w.product["title"] = wide(201)),
    (
        "variants.variant_title",
        "text",
        |w| w.product["variants"][0]["title"] = wide(200),
        |w| w.product["variants"][0]["title"] = wide(201),
    ),
    (
        "variants.description",
        "text",
        |w| w.product["description"] = wide(10_000),
        |w| w.product["description"] = wide(10_001),
    ),
    ("variants.category_names", "text", |w| w.category["name"] = wide(100), |w| w.category["name"] = wide(101)),
    ("variants.kinds", "text", |w| w.category["name"] = wide(100), |w| w.category["name"] = wide(101)),
    (
        "variants.tag_words",
        "text",
        |w| w.product["tags"] = json!([wide_name(40)]),
        |w| w.product["tags"] = json!([wide_name(41)]),
    ),
    ("variants.seller_name", "text", |w| w.seller["name"] = wide(100), |w| w.seller["name"] = wide(101)),
    (
        "variants.attribute_words",
        "text",
        |w| w.product["attributes"] = attribute(wide(1_000)),
        |w| w.product["attributes"] = attribute(wide(1_001)),
    ),
    (
        "variants.attribute_pairs",
        "keyword",
        |w| w.product["attributes"] = attributes(50),
        |w| w.product["attributes"] = attributes(51),
    ),
    ("variants.numbers.name", "keyword", |w| w.define(64, 20, 1e15), |w| w.define(65, 20, 1.0)),
    ("variants.numbers.facet", "keyword", |w| w.define(64, 20, 1.0), |w| w.define(64, 21, 1.0)),
    ("variants.numbers.value", "double", |w| w.define(1, 1, 1e15), |w| w.define(1, 1, 2e15)),
    ("variants.strong", "text", |w| w.product["title"] = wide(200), |w| w.product["title"] = wide(201)),
    ("variants.spelling", "text", |w| w.product["title"] = wide(200), |w| w.product["title"] = wide(201)),
    (
        "variants.all_words",
        "text",
        |w| w.product["attributes"] = attribute(wide(1_000)),
        |w| w.product["attributes"] = attribute(wide(1_001)),
    ),
    ("variants.price", "long", |w| w.price = Currency::MOST, |w| w.price = Currency::MOST + 1),
    ("variants.available", "long", |w| w.units = MAX_UNITS.into(), |w| w.units = u64::from(MAX_UNITS) + 1),
    ("variants.in_stock", "boolean", |w| w.units = 0, |w| w.units = u64::MAX),
];

fn id(length: usize) -> Value {
    "a".repeat(length).into()
}

fn wide(length: usize) -> Value {
    WIDE.repeat(length).into()
}

/// With a letter in it, as a name has.
fn wide_name(length: usize) -> Value {
    format!("a{}", WIDE.repeat(length - 1)).into()
}

fn attributes(count: usize) -> Value {
    (0..count).map(|n| (format!("{n:02}{}", "a".repeat(62)), Value::from("x".repeat(1_000)))).collect()
}

fn attribute(value: Value) -> Value {
    // Names are kept, not indexed: with whatever a mapping's field could not be called.
    json!({ ".": value, "a..b": 1, "_id": true, " x": i64::MIN, "$": 1e15 })
}

impl Written {
    fn ordinary() -> Self {
        let product = json!({
            "title": "Backpack", "description": "", "category_id": "packs", "seller_id": "hide",
            "collection_ids": ["summer"], "rating": { "average": 4.5, "count": 2 }, "attributes": { "material": "leather" },
            "variants": [{ "sku": "A", "attributes": { "colour": "brown" } }],
        });
        let [category, collection, seller] = ["Packs", "Summer", "Hide"].map(|name| json!({ "name": name }));
        Self { product, category, collection, seller, price: 1, units: 1 }
    }

    fn with(change: fn(&mut Self)) -> Self {
        let mut written = Self::ordinary();
        change(&mut written);
        written
    }

    /// An attribute that is a number: how long its name and unit are.
    fn define(&mut self, name: usize, unit: usize, value: f64) {
        let [name, unit] = [name, unit].map(|length| WIDE.repeat(length));
        self.category["attributes"] = json!([{ "name": name, "takes": { "type": "number", "unit": unit } }]);
        self.product["attributes"] = json!({ name: value });
    }

    /// The document that it leads to, if every edge takes it.
    fn document(&self) -> Option<Value> {
        let details: ProductDetails = serde_json::from_value(self.product.clone()).ok()?;
        let category: CategoryDetails = serde_json::from_value(self.category.clone()).ok()?;
        let collection: CollectionDetails = serde_json::from_value(self.collection.clone()).ok()?;
        let seller: SellerDetails = serde_json::from_value(self.seller.clone()).ok()?;
        [details.check(), category.check(), collection.check(), seller.check()]
            .into_iter()
            .collect::<Result<(), _>>()
            .ok()?;
        let price = Money::new(self.price, "IDR".parse().ok()?).ok()?;
        (self.units <= MAX_UNITS.into()).then_some(())?;
        let record: ProductRecord = serde_json::from_value(json!({
            "pk": "product#p", "product_id": id(64), "version": u64::MAX, "details": details, "skus": [],
            "created_at": jiff::Timestamp::MAX, "updated_at": jiff::Timestamp::MAX,
        }))
        .unwrap();
        let product = page_product(record)?;
        let sku = product.variants[0].sku.clone();
        let name = CategoryName { category_id: product.category_id.clone(), name: category.name };
        let page = ProductPage {
            product_id: product.product_id.clone(),
            revision: 1,
            catalog_version: 1,
            deleted_at: None,
            category: Some(CategoryPath {
                category_id: product.category_id.clone(),
                versions: String::new(),
                tree_revision: 1,
                names: vec![name; LEVELS],
                attributes: category.attributes.into_iter().map(rule).collect(),
            }),
            further: BTreeMap::new(),
            collections: product
                .collection_ids
                .iter()
                .map(|id| (id.clone(), CollectionName { version: 1, name: Some(collection.name.clone()) }))
                .collect(),
            seller: Some(SellerName { seller_id: product.seller_id.clone(), version: 1, name: Some(seller.name) }),
            prices: [(sku.clone(), PriceFact { price, version: 1 })].into(),
            availability: [(sku, AvailabilityFact { available: self.units * WAREHOUSES, version: 1 })].into(),
            product: Some(product),
            known_skus: BTreeSet::new(),
        };
        match page.action() {
            Action::Index { document, .. } => Some(document),
            Action::Delete { .. } => None,
        }
    }
}

/// The values of a field; those of a variant are in `variants`.
fn values<'a>(document: &'a Value, name: &str) -> Vec<&'a Value> {
    match name.strip_prefix("variants.") {
        Some(name) => {
            let variants = document["variants"].as_array().unwrap().iter();
            match name.strip_prefix("numbers.") {
                Some(name) => variants.flat_map(|v| v["numbers"].as_array().unwrap()).map(|n| &n[name]).collect(),
                None => variants.map(|variant| &variant[name]).collect(),
            }
        }
        None => vec![&document[name]],
    }
}

/// Whether a field of this type can hold the value.
fn fits(kind: &str, value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(values) => values.iter().all(|value| fits(kind, value)),
        value => match kind {
            "keyword" => value.as_str().is_some_and(|text| text.len() <= TERM_MAX),
            // The standard tokenizer cuts what would be too long a term.
            "text" => value.is_string(),
            "integer" => value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
            "long" => value.is_i64(),
            "double" => value.as_f64().is_some_and(f64::is_finite),
            "boolean" => value.is_boolean(),
            other => panic!("{other} is a type whose limits these tests do not know"),
        },
    }
}

#[test]
fn every_field_of_the_mapping_has_its_row() {
    let definition = definition(1);
    let properties = &definition["mappings"]["properties"];
    let fields = |properties: &Value, before: &str| -> Vec<(String, String)> {
        let properties = properties.as_object().unwrap().iter().filter(|(_, field)| field["type"] != "nested");
        properties
            .map(|(name, field)| (format!("{before}{name}"), field["type"].as_str().unwrap().to_owned()))
            .collect()
    };
    let variants = fields(&properties["variants"]["properties"], "variants.");
    let numbers = fields(&properties["variants"]["properties"]["numbers"]["properties"], "variants.numbers.");
    let mapped: BTreeSet<_> = fields(properties, "").into_iter().chain(variants).chain(numbers).collect();
    let known: BTreeSet<_> = ROWS.iter().map(|(field, kind, ..)| ((*field).to_owned(), (*kind).to_owned())).collect();
    assert_eq!(mapped, known);
}

#[test]
fn what_an_edge_takes_at_most_fits_the_index() {
    for (field, _, most, _) in ROWS {
        let document = Written::with(most).document().unwrap_or_else(|| panic!("{field}: the most is refused"));
        for (name, kind, ..) in ROWS {
            for value in values(&document, name) {
                assert!(fits(kind, value), "{field}: {name} cannot hold {value}");
            }
        }
        assert!(document["product_id"].as_str().unwrap().len() <= ID_MAX);
    }
}

#[test]
fn what_is_beyond_is_refused_at_the_edge() {
    for (field, _, _, beyond) in ROWS {
        assert!(Written::with(beyond).document().is_none(), "{field}: more than the most is taken");
    }
}

#[test]
fn no_product_adds_a_field_to_the_mapping() {
    fn count(fields: &Value) -> usize {
        let subfields = |field: &Value| 1 + count(&field["properties"]) + count(&field["fields"]);
        fields.as_object().map(|fields| fields.values().map(subfields).sum()).unwrap_or_default()
    }
    let mappings = &definition(1)["mappings"];
    assert_eq!(mappings["dynamic"], false);
    assert!(count(&mappings["properties"]) < FIELDS_MAX);
}
