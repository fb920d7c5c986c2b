use std::collections::HashSet;

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::index::{IndexError, SearchIndex};

const SUGGESTIONS: usize = 8;

/// A product whose title goes on as somebody is typing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Suggestion {
    /// The title.
    pub text: String,
    /// Which product.
    pub product_id: String,
}

impl SearchIndex {
    /// Titles that go on from what has been typed so far.
    ///
    /// # Errors
    /// [`IndexError`].
    pub async fn suggest(&self, typed: &str) -> Result<Vec<Suggestion>, IndexError> {
        let path = format!("/{}/_search", self.searched());
        Ok(suggestions(&self.post_search(&path, query(typed)).await?))
    }
}

/// The last word may be half a word; all of them may be misspelt. As typed counts for more.
fn query(typed: &str) -> Value {
    let fields = ["title.typed", "title.typed._2gram", "title.typed._3gram"];
    json!({
        "query": {"bool": {"minimum_should_match": 1, "should": [
            {"multi_match": {"query": typed, "type": "bool_prefix", "operator": "and", "fields": fields, "boost": 4}},
            {"multi_match": {"query": typed, "type": "bool_prefix", "operator": "and", "fields": ["title.typed"], "fuzziness": "AUTO", "prefix_length": 1}},
        ]}},
        "collapse": {"field": "product_id"},
        "sort": [{"_score": "desc"}, {"rating_count": "desc"}, {"sku": "asc"}],
        "_source": ["title", "product_id"],
        // Several products may share a title.
        "size": SUGGESTIONS * 2,
        "track_total_hits": false,
    })
}

fn suggestions(answer: &Value) -> Vec<Suggestion> {
    let hits = answer["hits"]["hits"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut seen = HashSet::new();
    let all = hits.iter().filter_map(|hit| {
        let text = hit["_source"]["title"].as_str()?;
        seen.insert(text.to_lowercase()).then(|| Suggestion {
            text: text.to_owned(),
            product_id: hit["_source"]["product_id"].as_str().unwrap_or_default().to_owned(),
        })
    });
    all.take(SUGGESTIONS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_suggested_once() {
        let hit = |title: &str| json!({"_source": {"title": title, "product_id": "p"}});
        let answer = json!({"hits": {"hits": [hit("Tote"), hit("tote"), hit("Tote Bag")]}});
        let texts: Vec<_> = suggestions(&answer).into_iter().map(|suggestion| suggestion.text).collect();
        assert_eq!(texts, ["Tote", "Tote Bag"]);
    }
}
