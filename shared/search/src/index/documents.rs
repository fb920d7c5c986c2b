//! Which documents an index holds, by their ids and versions alone.

use std::{collections::HashMap, ops::Range};

use opensearch::http::Method;
use serde_json::{Value, json};
use souk_domain::ids::ProductId;

use super::{IndexError, SearchIndex, indices::gone};

/// One request asks for this many documents.
const IDS_AT_ONCE: usize = 1_000;

/// A document as the index lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) product_id: ProductId,
    pub(crate) version: u64,
}

/// Some documents of an index, and where to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listing {
    pub(crate) documents: Vec<Listed>,
    /// Documents that no page can have led to: their ids are none of ours.
    pub(crate) foreign: u64,
    pub(crate) next: Option<String>,
}

impl SearchIndex {
    /// The versions of those of these documents that are there, as they are at this moment.
    pub(crate) async fn versions(
        &self,
        index: &str,
        ids: &[&ProductId],
    ) -> Result<HashMap<ProductId, u64>, IndexError> {
        let mut versions = HashMap::with_capacity(ids.len());
        for chunk in ids.chunks(IDS_AT_ONCE) {
            let docs: Vec<_> = chunk.iter().map(|id| json!({ "_id": id, "_source": false })).collect();
            let body = json!({ "docs": docs }).to_string();
            let answer = self.call(Method::Post, &format!("/{index}/_mget"), Some(body)).await;
            let answer = answer.map_err(|error| gone(error, index))?;
            for doc in answer["docs"].as_array().into_iter().flatten() {
                if doc["error"]["type"] == "index_not_found_exception" {
                    return Err(IndexError::Gone(index.to_owned()));
                }
                if !doc["error"].is_null() {
                    return Err(IndexError::Unavailable(doc["error"]["type"].to_string()));
                }
                if let (Some(Ok(id)), Some(version)) = (doc["_id"].as_str().map(str::parse), doc["_version"].as_u64()) {
                    versions.insert(id, version);
                }
            }
        }
        Ok(versions)
    }

    /// Documents whose marks are of a range, in the order of their ids, as they were about a second ago. Documents
    /// without a mark belong to the first range.
    pub(crate) async fn list(
        &self,
        index: &str,
        marks: &Range<u64>,
        after: Option<&str>,
        at_most: usize,
    ) -> Result<Listing, IndexError> {
        let range = json!({ "range": { "mark": { "gte": marks.start, "lt": marks.end } } });
        let unmarked = json!({ "bool": { "must_not": { "exists": { "field": "mark" } } } });
        let ways = if marks.start == 0 { vec![range, unmarked] } else { vec![range] };
        let mut body = json!({
            "query": { "bool": { "should": ways, "minimum_should_match": 1 } },
            "sort": [{ "product_id": "asc" }], "size": at_most, "version": true,
            "_source": false, "track_total_hits": false,
        });
        if let Some(after) = after {
            body["search_after"] = json!([after]);
        }
        let answer = self.call(Method::Post, &format!("/{index}/_search"), Some(body.to_string())).await;
        Ok(listing(&answer.map_err(|error| gone(error, index))?, at_most))
    }
}

fn listing(answer: &Value, at_most: usize) -> Listing {
    let hits = answer["hits"]["hits"].as_array().map(Vec::as_slice).unwrap_or_default();
    let listed = |hit: &Value| {
        Some(Listed { product_id: hit["_id"].as_str()?.parse().ok()?, version: hit["_version"].as_u64()? })
    };
    let documents: Vec<_> = hits.iter().filter_map(listed).collect();
    let foreign = (hits.len() - documents.len()) as u64;
    let last = hits.last().filter(|_| hits.len() == at_most);
    // Documents that do not say of which product they are stand at the end, in no order.
    let next = last.and_then(|hit| hit["sort"][0].as_str()).map(str::to_owned);
    Listing { documents, foreign, next }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_goes_on_after_its_last_document_and_counts_what_is_none_of_ours() {
        let hit = |id: &str| json!({"_id": id, "_version": 3, "sort": [id]});
        let answer = |ids: &[&str]| json!({"hits": {"hits": ids.iter().map(|id| hit(id)).collect::<Vec<_>>()}});
        let full = listing(&answer(&["A", "B"]), 2);
        assert_eq!((full.documents.len(), full.next.as_deref()), (2, Some("B")));
        let rest = listing(&answer(&["C", "no id"]), 3);
        assert_eq!((rest.documents.len(), rest.foreign, rest.next), (1, 1, None));
    }
}
