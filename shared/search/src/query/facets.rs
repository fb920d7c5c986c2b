//! How matches divide up. A facet counts with all filters but its own, so that it shows what another choice of it
//! would bring.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    divided::{
        AttributeFacet, AttributeValue, CategoryFacet, CollectionFacet, Facets, NumberFacet, PriceFacet, RatingFacet,
        SellerFacet, ValueFacet,
    },
    filters::{Filters, Of},
};

/// Ranges that prices may be divided into, in minor units; the one that divides the matches best is shown.
const PRICE_LADDERS: [[i64; 5]; 7] = [
    [0, 2_500, 5_000, 10_000, 25_000],
    [0, 500, 1_000, 1_500, 2_500],
    [0, 1_000, 2_500, 5_000, 10_000],
    [0, 5_000, 10_000, 25_000, 50_000],
    [0, 10_000, 25_000, 50_000, 100_000],
    [0, 50_000, 100_000, 250_000, 500_000],
    [0, 250_000, 500_000, 1_000_000, 2_500_000],
];
/// The rating facet's thresholds.
const RATING_STEPS: [i64; 4] = [4, 3, 2, 1];
const CATEGORIES_MAX: usize = 5_000;
const SELLERS_MAX: usize = 100;
const COLLECTIONS_MAX: usize = 100;
const BRANDS_MAX: usize = 100;
/// Attributes with their values, of all names together.
const PAIRS_MAX: usize = 1_000;
/// So many values each shard counts: where a facet has no more, its counts are exact over any number of shards.
const COUNTED_MAX: usize = 10_000;
const ATTRIBUTES_MAX: usize = 12;
const NUMBERS_MAX: usize = 20;
const VALUES_MAX: usize = 30;
/// What the numbers of variants lie between, by their names.
fn numbers(others: Vec<Value>, only: Option<&String>) -> Value {
    let mut by = json!({"terms": {"field": "variants.numbers.facet", "size": NUMBERS_MAX}, "aggs": {
        "least": {"min": {"field": "variants.numbers.value"}}, "most": {"max": {"field": "variants.numbers.value"}},
        "products": {"reverse_nested": {}},
    }});
    if let Some(name) = only {
        by["terms"]["include"] = json!(format!(".*\\|{}", literally(name)));
    }
    json!({"filter": all(others), "aggs": {"of": {"nested": {"path": "variants.numbers"}, "aggs": {"by": by}}}})
}

/// Counts of products, exact: a document is a product, and of its variants that match each value is counted once. What
/// products have as a whole is counted among those with a variant that matches words and filters; what variants have,
/// among the variants that do.
pub(super) fn counts(filters: &Filters, words: Option<Value>) -> Value {
    let words: Vec<_> = words.into_iter().collect();
    let terms = |field: &str, size: usize| json!({"terms": {"field": field, "size": size, "shard_size": COUNTED_MAX}});
    // Without filters of variants, whatever is looked at has a variant that matches.
    let variant_matches = match filters.of_variants() {
        of_variants if of_variants.is_empty() => None,
        of_variants => Some(nested(of_variants.into_iter().chain(words.clone()).collect())),
    };
    let of_products = |own: Of, by: Value| {
        let others = filters.but(Some(&own), |of| !of.is_of_variants());
        json!({"filter": all(others.into_iter().chain(variant_matches.clone()).collect()), "aggs": {"by": by}})
    };
    let products = json!({"products": {"reverse_nested": {}}});
    let of_variants = |own: Option<&Of>, mut by: Value| {
        by["aggs"] = products.clone();
        json!({"filter": all(filters.but(own, Of::is_of_variants)), "aggs": {"by": by}})
    };
    let prices: Vec<_> = PRICE_LADDERS.iter().flat_map(ranges).collect();
    let ratings: Vec<_> = RATING_STEPS.iter().map(|from| json!({"from": from})).collect();
    let in_stock = filters.but(Some(&Of::Stock), Of::is_of_variants).into_iter();
    let in_stock = in_stock.chain([json!({"term": {"variants.in_stock": true}})]).collect();
    let mut by_variant = json!({
        "in_stock": {"filter": all(in_stock), "aggs": products},
        "prices": of_variants(Some(&Of::Price), json!({"range": {"field": "variants.price", "ranges": prices}})),
        "attributes": of_variants(None, terms("variants.attribute_pairs", PAIRS_MAX)),
    });
    for (place, name) in filters.attributes().enumerate() {
        let mut own = terms("variants.attribute_pairs", VALUES_MAX);
        own["terms"]["include"] = json!(format!("{}=.*", literally(name)));
        by_variant[format!("attribute{place}")] = of_variants(Some(&Of::Attribute(name.clone())), own);
    }
    by_variant["numbers"] = numbers(filters.of_variants(), None);
    for (place, name) in filters.ranges().enumerate() {
        let others = filters.but(Some(&Of::Range(name.clone())), Of::is_of_variants);
        by_variant[format!("numbers{place}")] = numbers(others, Some(name));
    }
    json!({
        "size": 0, "track_total_hits": false,
        "query": if words.is_empty() { all(Vec::new()) } else { nested(words.clone()) },
        "aggs": {
            "categories": of_products(Of::Category, terms("category_facets", CATEGORIES_MAX)),
            "collections": of_products(Of::Collection, terms("collection_facets", COLLECTIONS_MAX)),
            "tags": of_products(Of::Tag, terms("tags", VALUES_MAX)),
            "brands": of_products(Of::Brand, terms("brand", BRANDS_MAX)),
            "conditions": of_products(Of::Condition, terms("condition", VALUES_MAX)),
            "sellers": of_products(Of::Seller, terms("seller_facet", SELLERS_MAX)),
            "ratings": of_products(Of::Rating, json!({"range": {"field": "rating_average", "ranges": ratings}})),
            "variants": {"filter": all(filters.of_products()), "aggs": {"nested": {
                "nested": {"path": "variants"},
                "aggs": {"matching": {"filter": all(words), "aggs": by_variant}},
            }}},
        },
    })
}

fn all(filters: Vec<Value>) -> Value {
    if filters.is_empty() { json!({"match_all": {}}) } else { json!({"bool": {"filter": filters}}) }
}

/// Products one variant of which matches all of these.
fn nested(filters: Vec<Value>) -> Value {
    json!({"nested": {"path": "variants", "score_mode": "none", "query": all(filters)}})
}

/// A text in Lucene's language of regular expressions.
fn literally(text: &str) -> String {
    text.chars().flat_map(|c| (!c.is_alphanumeric()).then_some('\\').into_iter().chain([c])).collect()
}

fn ranges(ladder: &[i64; 5]) -> Vec<Value> {
    let to = ladder[1..].iter().map(Some).chain([None]);
    ladder
        .iter()
        .zip(to)
        .map(|(from, to)| to.map_or(json!({"from": from}), |to| json!({"from": from, "to": to})))
        .collect()
}

fn of_variants<'a>(answer: &'a Value, name: &str) -> &'a Value {
    &answer["aggregations"]["variants"]["nested"]["matching"][name]
}

/// A document is a product; a bucket of variants has its products within.
fn count(bucket: &Value) -> u64 {
    bucket["products"].get("doc_count").unwrap_or(&bucket["doc_count"]).as_u64().unwrap_or_default()
}

fn buckets(counted: &Value) -> &[Value] {
    counted["by"]["buckets"].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// What is counted as `id|name`.
fn named<'a>(answer: &'a Value, facet: &str) -> impl Iterator<Item = (String, String, u64)> + 'a {
    buckets(&answer["aggregations"][facet]).iter().filter_map(|bucket| {
        let (id, name) = bucket["key"].as_str()?.split_once('|')?;
        Some((id.to_owned(), name.to_owned(), count(bucket)))
    })
}

/// What is counted as it stands, the commonest first.
fn values(answer: &Value, facet: &str) -> Vec<ValueFacet> {
    let value = |bucket: &Value| Some(ValueFacet { value: bucket["key"].as_str()?.to_owned(), count: count(bucket) });
    let mut values: Vec<_> = buckets(&answer["aggregations"][facet]).iter().filter_map(value).collect();
    values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    values
}

/// The facets of an answer.
pub(super) fn facets(answer: &Value) -> Facets {
    let categories = buckets(&answer["aggregations"]["categories"]).iter().filter_map(|bucket| {
        let mut parts = bucket["key"].as_str()?.splitn(3, '|').map(str::to_owned);
        let (category_id, parent_id, name) = (parts.next()?, parts.next()?, parts.next()?);
        let parent_id = Some(parent_id).filter(|id| !id.is_empty());
        Some(CategoryFacet { category_id, parent_id, name, count: count(bucket) })
    });
    let mut categories: Vec<_> = categories.collect();
    categories.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
    let sellers = named(answer, "sellers").map(|(seller_id, name, count)| SellerFacet { seller_id, name, count });
    let mut sellers: Vec<_> = sellers.collect();
    sellers.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
    let collections = named(answer, "collections");
    let collections = collections.map(|(collection_id, name, count)| CollectionFacet { collection_id, name, count });
    let mut collections: Vec<_> = collections.collect();
    collections.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
    let ratings = RATING_STEPS.iter().map(|from| {
        let bucket = buckets(&answer["aggregations"]["ratings"])
            .iter()
            .find(|bucket| bucket["from"].as_f64() == Some(*from as f64));
        RatingFacet { min_rating: *from, count: bucket.map(count).unwrap_or_default() }
    });
    Facets {
        categories,
        collections,
        tags: values(answer, "tags"),
        brands: values(answer, "brands"),
        conditions: values(answer, "conditions"),
        prices: prices(answer),
        ratings: ratings.collect(),
        sellers,
        attributes: attributes(answer),
        numbers: number_facets(answer),
        in_stock: count(of_variants(answer, "in_stock")),
    }
}

/// The ladder on which the fullest range is the least full.
fn prices(answer: &Value) -> Vec<PriceFacet> {
    let found = buckets(of_variants(answer, "prices"));
    let counted = |ladder: &[i64; 5]| -> Vec<PriceFacet> {
        let to = ladder[1..].iter().map(|to| Some(*to)).chain([None]);
        ladder
            .iter()
            .zip(to)
            .map(|(from, to)| {
                let is_it = |bucket: &&Value| {
                    bucket["from"].as_f64() == Some(*from as f64) && bucket["to"].as_f64() == to.map(|to| to as f64)
                };
                let count = found.iter().find(is_it).map(count).unwrap_or_default();
                PriceFacet { min_price: *from, max_price: to.map(|to| to - 1), count }
            })
            .collect()
    };
    let ladders = PRICE_LADDERS.iter().map(counted);
    ladders.min_by_key(|ladder| ladder.iter().map(|range| range.count).max()).unwrap_or_default()
}

/// One that is filtered by is counted once more without its own filter, and that is what holds.
fn number_facets(answer: &Value) -> Vec<NumberFacet> {
    let own = (0..).map(|place| format!("numbers{place}"));
    let own = own.take_while(|name| !of_variants(answer, name).is_null());
    let mut facets: BTreeMap<String, NumberFacet> = BTreeMap::new();
    for name in std::iter::once("numbers".to_owned()).chain(own) {
        for bucket in buckets(&of_variants(answer, &name)["of"]) {
            let Some((unit, name)) = bucket["key"].as_str().and_then(|key| key.split_once('|')) else { continue };
            let bound = |name: &str| bucket[name]["value"].as_f64();
            let (Some(least), Some(most)) = (bound("least"), bound("most")) else { continue };
            let unit = (!unit.is_empty()).then(|| unit.to_owned());
            let facet = NumberFacet { name: name.to_owned(), unit, least, most, count: count(bucket) };
            facets.insert(bucket["key"].to_string(), facet);
        }
    }
    let mut facets: Vec<_> = facets.into_values().collect();
    facets.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
    facets
}

fn attributes(answer: &Value) -> Vec<AttributeFacet> {
    let mut by_name: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    // An attribute that is filtered by is counted once more without its own filter, and that is what holds.
    let own = (0..).map(|place| format!("attribute{place}"));
    let own = own.take_while(|name| !of_variants(answer, name).is_null());
    for name in std::iter::once("attributes".to_owned()).chain(own) {
        for bucket in buckets(of_variants(answer, &name)) {
            if let Some((name, value)) = bucket["key"].as_str().and_then(|pair| pair.split_once('=')) {
                by_name.entry(name.to_owned()).or_default().insert(value.to_owned(), count(bucket));
            }
        }
    }
    let mut facets: Vec<_> = by_name
        .into_iter()
        .map(|(name, values)| {
            let mut values: Vec<_> = values.into_iter().map(|(value, count)| AttributeValue { value, count }).collect();
            values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
            values.truncate(VALUES_MAX);
            AttributeFacet { name, values }
        })
        .collect();
    let of = |facet: &AttributeFacet| facet.values.iter().map(|value| value.count).sum::<u64>();
    facets.sort_by(|a, b| of(b).cmp(&of(a)).then_with(|| a.name.cmp(&b.name)));
    facets.truncate(ATTRIBUTES_MAX);
    facets
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::SearchQuery;

    #[test]
    fn a_facet_counts_with_all_filters_but_its_own() {
        let search = SearchQuery {
            max_price: Some(5_000),
            attributes: vec!["a.b=red".parse().unwrap()],
            ..SearchQuery::default()
        };
        let counts = counts(&Filters::of(&search), Some(json!({"match": {"variants.title": "boot"}})));
        let by_product = &counts["aggs"];
        let by_variant = &by_product["variants"]["aggs"]["nested"]["aggs"]["matching"]["aggs"];
        assert!(!by_variant["prices"]["filter"].to_string().contains("price"), "{counts}");
        assert!(by_variant["prices"]["filter"].to_string().contains("a.b=red"), "{counts}");
        let categories = by_product["categories"]["filter"].to_string();
        assert!(categories.contains("price") && categories.contains("boot"), "{counts}");
        assert_eq!(by_variant["attribute0"]["aggs"]["by"]["terms"]["include"], r"a\.b=.*");
        assert!(!by_variant["attribute0"]["filter"].to_string().contains("red"), "{counts}");
    }

    #[test]
    fn a_number_is_filtered_by_its_bounds_and_counted_without_them() {
        let search = SearchQuery { ranges: vec!["volume=..2".parse().unwrap()], ..SearchQuery::default() };
        let filters = Filters::of(&search);
        let filter = filters.of_variants()[0].to_string();
        assert!(filter.contains("volume") && filter.contains(r#""lte":2.0"#) && !filter.contains("gte"), "{filter}");
        let counts = counts(&filters, None);
        let by_variant = &counts["aggs"]["variants"]["aggs"]["nested"]["aggs"]["matching"]["aggs"];
        assert!(by_variant["numbers"]["filter"].to_string().contains("volume"), "{counts}");
        assert_eq!(by_variant["numbers0"]["filter"], all(Vec::new()));
        let bucket = |key: &str, least: f64, most: f64, count: u64| json!({"key": key, "least": {"value": least}, "most": {"value": most}, "products": {"doc_count": count}});
        let of = |buckets: Vec<Value>| json!({"of": {"by": {"buckets": buckets}}});
        let matching = json!({
            "numbers": of(vec![bucket("l|volume", 0.5, 2.0, 3), bucket("|stars", 1.0, 5.0, 4)]),
            "numbers0": of(vec![bucket("l|volume", 0.5, 30.0, 9)]),
        });
        let facets = facets(&json!({"aggregations": {"variants": {"nested": {"matching": matching}}}})).numbers;
        let volume =
            NumberFacet { name: "volume".to_owned(), unit: Some("l".to_owned()), least: 0.5, most: 30.0, count: 9 };
        assert_eq!(facets[0], volume);
        assert_eq!((facets[1].name.as_str(), &facets[1].unit, facets[1].count), ("stars", &None, 4));
    }

    #[test]
    fn facets_count_products_and_keep_their_names() {
        let bucket = |key: &str, count: u64| json!({"key": key, "doc_count": 99, "products": {"doc_count": count}});
        let by = |buckets: Vec<Value>| json!({"by": {"buckets": buckets}});
        let product = |key: &str, count: u64| json!({"key": key, "doc_count": count});
        let matching = json!({
            "in_stock": {"doc_count": 7, "products": {"doc_count": 2}},
            "prices": by(vec![json!({"from": 2500.0, "to": 5000.0, "products": {"doc_count": 2}})]),
            "attributes": by(vec![bucket("colour=red", 1), bucket("size=M", 1), bucket("size=a=b", 2)]),
            "attribute0": by(vec![bucket("colour=red", 1), bucket("colour=blue", 4)]),
        });
        let answer = json!({"aggregations": {
            "categories": by(vec![product("bags|all|Bags | more", 1), product("all||All", 3)]),
            "ratings": by(vec![json!({"from": 4.0, "doc_count": 1})]),
            "sellers": by(vec![product("s|Hide", 3)]),
            "collections": by(vec![product("summer|Sun | Sea", 2)]),
            "tags": by(vec![product("eco", 1), product("gift", 2)]),
            "variants": {"nested": {"matching": matching}},
        }});
        let facets = facets(&answer);
        assert_eq!((facets.categories[0].name.as_str(), facets.categories[1].name.as_str()), ("All", "Bags | more"));
        assert_eq!(
            (facets.categories[0].parent_id.as_deref(), facets.categories[1].parent_id.as_deref()),
            (None, Some("all"))
        );
        assert_eq!(facets.ratings[0], RatingFacet { min_rating: 4, count: 1 });
        assert_eq!((facets.in_stock, facets.sellers[0].name.as_str()), (2, "Hide"));
        let summer = CollectionFacet { collection_id: "summer".to_owned(), name: "Sun | Sea".to_owned(), count: 2 };
        assert_eq!(facets.collections, [summer]);
        assert_eq!(facets.tags[0], ValueFacet { value: "gift".to_owned(), count: 2 });
        let colour = &facets.attributes[0];
        assert_eq!((colour.name.as_str(), colour.values[0].value.as_str(), colour.values.len()), ("colour", "blue", 2));
        assert_eq!(facets.attributes[1].values[0].value, "a=b");
    }

    #[test]
    fn price_ranges_fit_the_results() {
        let sold = [300, 400, 700, 1_200, 1_300];
        let counted = |range: &Value| {
            let to = range["to"].as_i64().unwrap_or(i64::MAX);
            let count = sold.iter().filter(|price| (range["from"].as_i64().unwrap()..to).contains(*price)).count();
            let mut bucket = json!({"from": range["from"].as_f64(), "products": {"doc_count": count}});
            if let Some(to) = range["to"].as_f64() {
                bucket["to"] = json!(to);
            }
            bucket
        };
        let found: Vec<_> = PRICE_LADDERS.iter().flat_map(ranges).map(|range| counted(&range)).collect();
        let prices = prices(
            &json!({"aggregations": {"variants": {"nested": {"matching": {"prices": {"by": {"buckets": found}}}}}}}),
        );
        assert_eq!(prices[1], PriceFacet { min_price: 500, max_price: Some(999), count: 1 });
    }
}
