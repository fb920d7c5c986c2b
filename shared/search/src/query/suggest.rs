//! How what is being typed may go on.

use std::collections::HashSet;

use serde::Serialize;
use serde_json::{Value, json};
use souk_domain::money::Currency;
use souk_wiring::FromEnvironment;
use utoipa::ToSchema;

use super::{Synonyms, plan, words};
use crate::{
    index::{IndexError, SearchIndex},
    synonyms::CurrentSynonyms,
};

const SUGGESTIONS: usize = 8;
const CATEGORIES: usize = 5;
/// So many letters are looked at: nobody waits for suggestions to more.
const TYPED_MAX: usize = 80;

/// How what was typed may go on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Suggestions {
    /// Products whose titles go on so, the best first.
    pub suggestions: Vec<Suggestion>,
    /// Categories of that kind, those with most products first.
    pub categories: Vec<SuggestedCategory>,
    /// Whole queries.
    pub queries: Vec<String>,
    /// What was probably meant, where nothing goes on from what was typed; then all this is about that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub did_you_mean: Option<String>,
}

/// A product whose title goes on as somebody is typing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Suggestion {
    /// The title.
    pub text: String,
    /// Which product.
    pub product_id: String,
}

/// A category whose name goes on as somebody is typing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SuggestedCategory {
    /// Which category.
    pub category_id: String,
    /// What it is called.
    pub name: String,
}

/// Suggesting: the index, and what words may be called instead.
#[derive(Debug, Clone, FromEnvironment)]
pub struct Suggester {
    index: SearchIndex,
    synonyms: CurrentSynonyms,
}

impl Suggester {
    /// Suggesting from this index.
    pub fn new(index: SearchIndex, synonyms: CurrentSynonyms) -> Self {
        Self { index, synonyms }
    }

    /// Products, categories and queries that go on from what has been typed so far. Typing errors are looked for
    /// where nothing does.
    ///
    /// # Errors
    /// [`IndexError`].
    pub async fn suggest(&self, typed: &str) -> Result<Suggestions, IndexError> {
        let typed: String = typed.chars().take(TYPED_MAX).collect();
        let found = self.going_on(&typed).await?;
        if found != Suggestions::default() {
            return Ok(found);
        }
        // Prices are no words, whatever their currency.
        let words = words::read(&typed, &Synonyms::default(), Currency::USD);
        if words.words.is_empty() {
            return Ok(found);
        }
        let (_, synonyms) = self.synonyms.current().await;
        let plan = plan::understood(&words, &self.index.look_up(&words).await?, &synonyms);
        if plan.corrected.is_empty() {
            return Ok(found);
        }
        let meant = plan.read(&words, &Synonyms::default()).phrase;
        let found = self.going_on(&meant).await?;
        Ok(Suggestions { did_you_mean: Some(meant), ..found })
    }

    async fn going_on(&self, typed: &str) -> Result<Suggestions, IndexError> {
        Ok(read(typed, &self.index.ask(query(typed)).await?))
    }
}

/// The last word may be half a word.
fn query(typed: &str) -> Value {
    let fields = ["title.typed", "title.typed._2gram", "title.typed._3gram"];
    let titles = json!({"multi_match": {"query": typed, "type": "bool_prefix", "operator": "and", "fields": fields}});
    let (before, last) = split(typed);
    let mut kind = vec![json!({"prefix": {"variants.kinds.plain": last}})];
    if !before.is_empty() {
        kind.push(json!({"match": {"variants.strong": {"query": before, "operator": "and"}}}));
    }
    let kinds = json!({"nested": {"path": "variants", "score_mode": "none", "query": {"bool": {"filter": kind}}}});
    json!({
        "query": {"bool": {"minimum_should_match": 1, "should": [titles, {"constant_score": {"filter": kinds, "boost": 0}}]}},
        "post_filter": titles,
        "sort": [{"_score": "desc"}, {"popularity": "desc"}, {"product_id": "asc"}],
        "aggs": {"kinds": {"filter": kinds, "aggs": {"by": {"terms": {"field": "category_facets", "size": 50}}}}},
        "_source": ["title", "product_id"],
        // Several products may share a title.
        "size": SUGGESTIONS * 2,
        "track_total_hits": false,
    })
}

/// The words before the last, and the last one as the index spells it.
fn split(typed: &str) -> (String, String) {
    let typed = typed.trim().to_lowercase();
    let (before, last) = typed.rsplit_once(char::is_whitespace).unwrap_or(("", &typed));
    (before.trim().to_owned(), last.to_owned())
}

fn read(typed: &str, answer: &Value) -> Suggestions {
    let hits = answer["hits"]["hits"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut seen = HashSet::new();
    let products = hits.iter().filter_map(|hit| {
        let text = hit["_source"]["title"].as_str()?;
        seen.insert(text.to_lowercase()).then(|| Suggestion {
            text: text.to_owned(),
            product_id: hit["_source"]["product_id"].as_str().unwrap_or_default().to_owned(),
        })
    });
    let suggestions = products.take(SUGGESTIONS).collect();
    let (before, last) = split(typed);
    let buckets = answer["aggregations"]["kinds"]["by"]["buckets"].as_array().map(Vec::as_slice).unwrap_or_default();
    let (mut categories, mut queries) = (Vec::new(), Vec::new());
    for bucket in buckets {
        let mut parts = bucket["key"].as_str().unwrap_or_default().splitn(3, '|');
        let (Some(category_id), Some(_), Some(name)) = (parts.next(), parts.next(), parts.next()) else { continue };
        let lower = name.to_lowercase();
        let mut words = lower.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '\'');
        let Some(word) = words.find(|word| word.starts_with(&last)) else { continue };
        let query = if before.is_empty() { word.to_owned() } else { format!("{before} {word}") };
        if !queries.contains(&query) {
            queries.push(query);
        }
        categories.push(SuggestedCategory { category_id: category_id.to_owned(), name: name.to_owned() });
    }
    categories.truncate(CATEGORIES);
    queries.truncate(CATEGORIES);
    Suggestions { suggestions, categories, queries, did_you_mean: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_suggested_once() {
        let hit = |title: &str| json!({"_source": {"title": title, "product_id": "p"}});
        let answer = json!({"hits": {"hits": [hit("Tote"), hit("tote"), hit("Tote Bag")]}});
        let texts: Vec<_> = read("to", &answer).suggestions.into_iter().map(|suggestion| suggestion.text).collect();
        assert_eq!(texts, ["Tote", "Tote Bag"]);
    }

    #[test]
    fn a_kind_that_goes_on_is_suggested_as_category_and_as_query() {
        let by = json!({"buckets": [{"key": "bags||Bags"}, {"key": "packs|bags|Backpacks"}, {"key": "men||Menswear"}]});
        let found = read("leather ba", &json!({"aggregations": {"kinds": {"by": by}}}));
        assert_eq!(found.queries, ["leather bags", "leather backpacks"]);
        assert_eq!(found.categories[1].category_id, "packs");
    }
}
