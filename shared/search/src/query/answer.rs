use serde::{Deserialize as _, Serialize};
use serde_json::{Map, Value};
use souk_domain::{
    condition::ItemCondition,
    money::{Currency, Money},
};
use utoipa::ToSchema;

use super::{Facets, clauses};
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
    /// Who makes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// In which condition it is sold.
    pub condition: ItemCondition,
    /// The variant's properties.
    pub attributes: Map<String, Value>,
    /// Where the words were found, as HTML with `<em>` marks.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub highlights: Map<String, Value>,
}

/// A product that matched, and its place in the order.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    pub(super) hit: Hit,
    pub(super) place: Vec<Value>,
    pub(super) mark: u32,
}

/// The products of an answer; the index keeps amounts alone, of the one currency in which the shop sells.
pub(super) fn found(answer: &Value, currency: Currency) -> Vec<Found> {
    let hits = answer["hits"]["hits"].as_array().map(Vec::as_slice).unwrap_or_default();
    hits.iter()
        .map(|hit| Found {
            hit: hit_of(hit, currency),
            place: hit["sort"].as_array().cloned().unwrap_or_default(),
            mark: hit["_source"]["mark"].as_u64().and_then(|mark| u32::try_from(mark).ok()).unwrap_or_default(),
        })
        .collect()
}

/// How many products match in all.
pub(super) fn total(answer: &Value) -> u64 {
    answer["hits"]["total"]["value"].as_u64().unwrap_or_default()
}

/// Which words the best hit matches.
pub(super) fn matched(answer: &Value) -> Option<Vec<usize>> {
    let hit = answer["hits"]["hits"].get(0)?;
    best_variant(hit)["matched_queries"].as_array()?;
    Some(names(hit).filter_map(|name| name.parse().ok()).collect())
}

/// The words, of so many, that none of the first hits says as they were typed.
pub(super) fn unsaid(answer: &Value, words: usize, first: usize) -> Vec<usize> {
    let is_said =
        |place: &usize| first_hits(answer, first).any(|hit| names(hit).any(|name| name == clauses::said(*place)));
    (0..words).filter(|place| !is_said(place)).collect()
}

/// Whether each of the first hits is what the last word says.
pub(super) fn are_the_last(answer: &Value, first: usize) -> bool {
    first_hits(answer, first).all(|hit| names(hit).any(|name| name == clauses::IS_THE_LAST))
}

fn first_hits(answer: &Value, first: usize) -> impl Iterator<Item = &Value> {
    answer["hits"]["hits"].as_array().into_iter().flatten().take(first)
}

/// What a hit tells of itself, by the variant that it shows.
fn names(hit: &Value) -> impl Iterator<Item = &str> {
    best_variant(hit)["matched_queries"].as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// The variant that a hit shows.
fn best_variant(hit: &Value) -> &Value {
    &hit["inner_hits"]["variants"]["hits"]["hits"][0]
}

fn hit_of(hit: &Value, currency: Currency) -> Hit {
    let (product, best) = (&hit["_source"], best_variant(hit));
    let variant = &best["_source"];
    let text = |source: &Value, name: &str| source[name].as_str().map(str::to_owned);
    let count = product["rating_count"].as_u64().and_then(|count| u32::try_from(count).ok()).unwrap_or_default();
    let names = product["category_names"].as_array().map(Vec::as_slice).unwrap_or_default();
    Hit {
        product_id: text(product, "product_id").unwrap_or_default(),
        sku: text(variant, "sku").unwrap_or_default(),
        title: text(product, "title").unwrap_or_default(),
        variant_title: text(variant, "variant_title"),
        price: variant["price"].as_i64().and_then(|amount| Money::new(amount, currency).ok()),
        availability: Availability::of(variant["available"].as_u64()),
        rating: product["rating_average"].as_f64().filter(|_| count > 0).map(|average| Rating { average, count }),
        image: Image::deserialize(&product["image"]).ok().as_ref().map(ImageView::from),
        category_id: text(product, "category_id").unwrap_or_default(),
        category_names: names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect(),
        seller_id: text(product, "seller_id").unwrap_or_default(),
        seller_name: text(product, "seller_name"),
        brand: text(product, "brand"),
        condition: ItemCondition::deserialize(&product["condition"]).unwrap_or_default(),
        attributes: variant["attributes"].as_object().cloned().unwrap_or_default(),
        highlights: highlights(&best["highlight"]),
    }
}

fn highlights(highlight: &Value) -> Map<String, Value> {
    let mut highlights = Map::new();
    if let Some(title) = highlight["variants.title"].get(0) {
        highlights.insert("title".to_owned(), title.clone());
    }
    if let Some(fragments) = highlight.get("variants.description") {
        highlights.insert("description".to_owned(), fragments.clone());
    }
    highlights
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_hits_tell_which_words_they_say_and_whether_they_are_the_last() {
        let hit =
            |names: &[&str]| json!({"inner_hits": {"variants": {"hits": {"hits": [{"matched_queries": names}]}}}});
        let answer = |hits: &[Value]| json!({"hits": {"hits": hits}});
        let (noun, none) = (hit(&["said0", "is_the_last"]), hit(&[]));
        let both = answer(&[noun.clone(), none.clone()]);
        assert_eq!((unsaid(&both, 2, 8), are_the_last(&both, 8)), (vec![1], false));
        assert_eq!((unsaid(&both, 2, 1), are_the_last(&both, 1)), (vec![1], true), "the first alone");
        let neither = answer(&[none, noun]);
        assert_eq!((unsaid(&neither, 1, 1), are_the_last(&neither, 1)), (vec![0], false));
    }

    #[test]
    fn a_hit_without_price_and_stock_says_so() {
        let variant = json!({
            "_source": {"sku": "A", "price": null, "available": null},
            "highlight": {"variants.title": ["<em>T</em>"]},
        });
        let answer = json!({"hits": {"hits": [{
            "_source": {"product_id": "p", "mark": 7, "title": "T", "category_id": "c", "seller_id": "s",
                        "rating_average": 0.0, "rating_count": 0, "image": null},
            "sort": [9_223_372_036_854_775_807_i64, "p"],
            "inner_hits": {"variants": {"hits": {"hits": [variant]}}},
        }]}});
        let found = found(&answer, Currency::USD);
        let hit = &found[0].hit;
        assert_eq!((hit.price, hit.rating, hit.image.as_ref()), (None, None, None));
        assert_eq!(hit.availability.label, "Availability unknown");
        assert_eq!(hit.highlights["title"], "<em>T</em>");
        assert_eq!((hit.sku.as_str(), found[0].mark), ("A", 7));
        assert_eq!(found[0].place, [json!(i64::MAX), json!("p")]);
    }
}
