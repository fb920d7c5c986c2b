use serde::Serialize;
use serde_json::{Map, Value};
use souk_domain::money::Money;
use utoipa::ToSchema;

use super::body::{PRICE_STEPS, RATING_STEPS};
use crate::page::{Availability, Rating};

/// A page of hits.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = SearchResults)]
pub struct SearchAnswer {
    /// One hit a product.
    pub hits: Vec<Hit>,
    /// How many products match in all.
    pub total: u64,
    /// How the matches divide up; on the first page only, since later ones divide up the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facets: Option<Facets>,
    /// Where the next page begins; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// A product that was found, by its variant that matches best.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Hit {
    /// Which product.
    pub product_id: String,
    /// Which variant.
    pub sku: String,
    /// What the product is called.
    pub title: String,
    /// What sets the variant apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant_title: Option<String>,
    /// What the variant costs; `None` where it has no price and cannot be bought yet.
    pub price: Option<Money>,
    /// What is said about stock.
    pub availability: Availability,
    /// What buyers think of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    /// The foremost picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<crate::page::Image>)]
    pub image: Option<Value>,
    /// Its category.
    pub category_id: String,
    /// The names from the root of the tree down to it.
    pub category_names: Vec<String>,
    /// Who sells it.
    pub seller_id: String,
    /// What the seller is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seller_name: Option<String>,
    /// The variant's properties.
    pub attributes: Map<String, Value>,
    /// Where the words were found, as HTML with `<em>` marks.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub highlights: Map<String, Value>,
}

/// How the matches divide up, in products.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Facets {
    /// By category; a product counts in each category above it too.
    pub categories: Vec<CategoryFacet>,
    /// By price; a product counts wherever one of its variants does.
    pub prices: Vec<PriceFacet>,
    /// By rating.
    pub ratings: Vec<RatingFacet>,
}

/// One category among the matches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CategoryFacet {
    /// Which category.
    pub category_id: String,
    /// What it is called.
    pub name: String,
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

/// A document that matched, and its place in the order.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    pub(super) hit: Hit,
    pub(super) place: Vec<Value>,
}

pub(super) fn found(answer: &Value) -> Vec<Found> {
    let hits = answer["hits"]["hits"].as_array().map(Vec::as_slice).unwrap_or_default();
    hits.iter()
        .map(|hit| Found { hit: hit_of(hit), place: hit["sort"].as_array().cloned().unwrap_or_default() })
        .collect()
}

/// The SKUs of an answer that asked for nothing else.
pub(super) fn skus(answer: &Value) -> Vec<&str> {
    let hits = answer["hits"]["hits"].as_array().map(Vec::as_slice).unwrap_or_default();
    hits.iter().filter_map(|hit| hit["_source"]["sku"].as_str()).collect()
}

pub(super) fn total(answer: &Value) -> u64 {
    answer["aggregations"]["total"]["value"].as_u64().unwrap_or_default()
}

pub(super) fn facets(answer: &Value) -> Facets {
    let buckets = |name: &str| answer["aggregations"][name]["buckets"].as_array().cloned().unwrap_or_default();
    let count = |bucket: &Value| bucket["products"]["value"].as_u64().unwrap_or_default();
    let mut categories: Vec<_> = buckets("categories")
        .iter()
        .filter_map(|bucket| {
            let (category_id, name) = bucket["key"].as_str()?.split_once('|')?;
            Some(CategoryFacet { category_id: category_id.to_owned(), name: name.to_owned(), count: count(bucket) })
        })
        .collect();
    categories.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
    let counts_from = |name: &str, from: i64| {
        let buckets = buckets(name);
        let bucket = buckets.iter().find(|bucket| bucket["from"].as_f64() == Some(from as f64));
        bucket.map(count).unwrap_or_default()
    };
    let prices = PRICE_STEPS.iter().enumerate().map(|(i, from)| PriceFacet {
        min_price: *from,
        max_price: PRICE_STEPS.get(i + 1).map(|next| next - 1),
        count: counts_from("prices", *from),
    });
    let ratings =
        RATING_STEPS.iter().map(|from| RatingFacet { min_rating: *from, count: counts_from("ratings", *from) });
    Facets { categories, prices: prices.collect(), ratings: ratings.collect() }
}

fn hit_of(hit: &Value) -> Hit {
    let source = &hit["_source"];
    let text = |name: &str| source[name].as_str().map(str::to_owned);
    let count = source["rating_count"].as_u64().and_then(|count| u32::try_from(count).ok()).unwrap_or_default();
    let names = source["category_names"].as_array().map(Vec::as_slice).unwrap_or_default();
    Hit {
        product_id: text("product_id").unwrap_or_default(),
        sku: text("sku").unwrap_or_default(),
        title: text("title").unwrap_or_default(),
        variant_title: text("variant_title"),
        price: source["price"].as_i64().and_then(|amount| Money::usd(amount).ok()),
        availability: Availability::of(source["available"].as_u64()),
        rating: source["rating_average"].as_f64().filter(|_| count > 0).map(|average| Rating { average, count }),
        image: source.get("image").filter(|image| !image.is_null()).cloned(),
        category_id: text("category_id").unwrap_or_default(),
        category_names: names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect(),
        seller_id: text("seller_id").unwrap_or_default(),
        seller_name: text("seller_name"),
        attributes: source["attributes"].as_object().cloned().unwrap_or_default(),
        highlights: highlights(&hit["highlight"]),
    }
}

fn highlights(highlight: &Value) -> Map<String, Value> {
    let mut highlights = Map::new();
    if let Some(title) = highlight["title.plain"].get(0) {
        highlights.insert("title".to_owned(), title.clone());
    }
    if let Some(fragments) = highlight.get("description.plain") {
        highlights.insert("description".to_owned(), fragments.clone());
    }
    highlights
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_hit_without_price_and_stock_says_so() {
        let answer = json!({"hits": {"hits": [{
            "_source": {"sku": "A", "product_id": "p", "title": "T", "category_id": "c", "seller_id": "s",
                        "price": null, "available": null, "rating_average": 0.0, "rating_count": 0, "image": null},
            "sort": [9_223_372_036_854_775_807_i64, "A"],
            "highlight": {"title.plain": ["<em>T</em>"]},
        }]}});
        let found = found(&answer);
        let hit = &found[0].hit;
        assert_eq!((hit.price, hit.rating, hit.image.as_ref()), (None, None, None));
        assert_eq!(hit.availability.label, "Availability unknown");
        assert_eq!(hit.highlights["title"], "<em>T</em>");
        assert_eq!(found[0].place, [json!(i64::MAX), json!("A")]);
    }

    #[test]
    fn facets_count_products_and_keep_their_names() {
        let bucket = |key: &str, count: u64| json!({"key": key, "doc_count": 99, "products": {"value": count}});
        let answer = json!({"aggregations": {
            "total": {"value": 3},
            "categories": {"buckets": [bucket("bags|Bags & more", 1), bucket("all|All", 3)]},
            "prices": {"buckets": [{"from": 2500.0, "to": 5000.0, "products": {"value": 2}}]},
            "ratings": {"buckets": [{"from": 4.0, "products": {"value": 1}}]},
        }});
        let facets = facets(&answer);
        assert_eq!((facets.categories[0].name.as_str(), facets.categories[1].name.as_str()), ("All", "Bags & more"));
        assert_eq!(facets.prices[1], PriceFacet { min_price: 2_500, max_price: Some(4_999), count: 2 });
        assert_eq!(facets.ratings[0], RatingFacet { min_rating: 4, count: 1 });
        assert_eq!(total(&answer), 3);
    }
}
