use serde::{Deserialize as _, Serialize};
use serde_json::{Map, Value};
use souk_domain::money::Money;
use utoipa::ToSchema;

use super::Facets;
use crate::page::{Availability, Image, ImageView, Rating};

/// A page of hits.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
#[schema(as = SearchResults)]
pub struct SearchAnswer {
    /// One hit a product.
    pub hits: Vec<Hit>,
    /// How many products match in all. Where few match every word, those count too that match most.
    pub total: u64,
    /// Words that were given up, as no product of the filters matches them with the others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dropped_words: Vec<String>,
    /// Words that no product has, and what was searched for instead.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub corrected_words: Vec<CorrectedWord>,
    /// The whole query with its corrected words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub did_you_mean: Option<String>,
    /// The least price that the words said, in minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_price: Option<i64>,
    /// The highest price that the words said, in minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_price: Option<i64>,
    /// True where the time was over before all had been looked at: there may be more, and counts are too low.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    /// How the matches divide up; on the first page only, since later ones divide up the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facets: Option<Facets>,
    /// Where the next page begins; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// A word that was read as another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CorrectedWord {
    /// As it was typed.
    pub typed: String,
    /// As it was read.
    pub read_as: String,
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
    pub image: Option<ImageView>,
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

/// Which words the best hit matches.
pub(super) fn matched(answer: &Value) -> Option<Vec<usize>> {
    let names = answer["hits"]["hits"].get(0)?["matched_queries"].as_array()?;
    Some(names.iter().filter_map(|name| name.as_str()?.parse().ok()).collect())
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
        image: Image::deserialize(&source["image"]).ok().as_ref().map(ImageView::from),
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
    if let Some(title) = highlight["title"].get(0) {
        highlights.insert("title".to_owned(), title.clone());
    }
    if let Some(fragments) = highlight.get("description") {
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
            "highlight": {"title": ["<em>T</em>"]},
        }]}});
        let found = found(&answer);
        let hit = &found[0].hit;
        assert_eq!((hit.price, hit.rating, hit.image.as_ref()), (None, None, None));
        assert_eq!(hit.availability.label, "Availability unknown");
        assert_eq!(hit.highlights["title"], "<em>T</em>");
        assert_eq!(found[0].place, [json!(i64::MAX), json!("A")]);
    }
}
