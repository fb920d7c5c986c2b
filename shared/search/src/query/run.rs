use std::collections::HashSet;

use opensearch::http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use souk_dynamo::{Cursor, CursorError};

use super::{
    SearchAnswer, SearchQuery,
    answer::{self, Found},
    body,
};
use crate::index::{IndexError, READ_ALIAS, SearchIndex};

/// How long a frozen view of the index outlives the last page that was read from it.
const KEEP_ALIVE: &str = "2m";
/// How often a page that has hits asks for more documents, when most of them were variants of products
/// shown before; each time for twice as many.
const ROUNDS: usize = 4;
/// How often a page without hits does.
const ROUNDS_WITHOUT_HITS: usize = 12;
const DOCUMENTS_AT_ONCE: usize = 300;

/// Why a search was not answered.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The cursor is not one of this query's.
    #[error(transparent)]
    Cursor(#[from] CursorError),
    /// The search service did not answer, or refused what it never should.
    #[error(transparent)]
    Index(#[from] IndexError),
}

/// Where the next page begins: after this place in the order, in this frozen view.
///
/// The first page is read from the living index, as most searches end there and a view costs memory
/// on every shard. The second page opens one. When it has run out, reading goes on from the same place
/// in a new one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Place {
    #[serde(default)]
    view: Option<String>,
    after: Vec<Value>,
    /// How many products stand on the pages before.
    shown: u64,
    /// How many there are in all, as the first page counted them.
    total: u64,
}

impl SearchIndex {
    /// A page of hits; `cursor` is that of the page before.
    ///
    /// # Errors
    /// [`QueryError`].
    pub async fn search(&self, search: &SearchQuery, cursor: Option<&str>) -> Result<SearchAnswer, QueryError> {
        let bound_to = serde_json::to_string(search).unwrap_or_default();
        match cursor {
            None => self.first_page(search, &bound_to).await,
            Some(text) => {
                let Cursor(place) = Cursor::<Place>::decode(text, &bound_to)?;
                self.later_page(search, place, &bound_to).await
            }
        }
    }

    async fn first_page(&self, search: &SearchQuery, bound_to: &str) -> Result<SearchAnswer, QueryError> {
        let path = format!("/{READ_ALIAS}/_search");
        let answer = self.post_search(&path, body::first_page(search)).await?;
        let total = answer::total(&answer);
        let mut found = answer::found(&answer);
        let more = found.len() > search.limit;
        found.truncate(search.limit);
        let last = found.last().filter(|_| more).map(|found| Place {
            view: None,
            after: found.place.clone(),
            shown: search.limit as u64,
            total,
        });
        Ok(SearchAnswer {
            hits: found.into_iter().map(|found| found.hit).collect(),
            total,
            facets: Some(answer::facets(&answer)),
            cursor: last.map(|place| Cursor(place).encode(bound_to)),
        })
    }

    async fn later_page(
        &self,
        search: &SearchQuery,
        mut place: Place,
        bound_to: &str,
    ) -> Result<SearchAnswer, QueryError> {
        let mut hits = Vec::new();
        let total = place.total;
        let cursor = |place: Place| Cursor(place).encode(bound_to);
        for round in 0..ROUNDS_WITHOUT_HITS {
            // A page that is not full is fine, an empty one that is not the last is to be avoided.
            if round >= ROUNDS && !hits.is_empty() {
                break;
            }
            let size = ((search.limit * 3) << round.min(ROUNDS)).min(DOCUMENTS_AT_ONCE);
            let next = body::documents_after(search, &place.after, size);
            let answer = self.in_view(&mut place, next).await?;
            let documents = answer::found(&answer);
            let is_last = documents.len() < size;
            let best = self.best_skus(search, &mut place, &documents).await?;
            for Found { hit, place: here } in documents {
                // Whatever is not its product's best variant stands on another page, or did already.
                let is_best = best.contains(&hit.sku);
                if is_best && hits.len() == search.limit {
                    return Ok(SearchAnswer { hits, total, facets: None, cursor: Some(cursor(place)) });
                }
                place.after = here;
                if is_best {
                    place.shown += 1;
                    hits.push(hit);
                }
            }
            if is_last {
                return Ok(SearchAnswer { hits, total, facets: None, cursor: None });
            }
        }
        // What is left may be nothing but other variants of what was shown: then this is the end.
        let more = place.shown < total;
        Ok(SearchAnswer { hits, total, facets: None, cursor: more.then(|| cursor(place)) })
    }

    async fn best_skus(
        &self,
        search: &SearchQuery,
        place: &mut Place,
        documents: &[Found],
    ) -> Result<HashSet<String>, QueryError> {
        let mut products: Vec<_> = documents.iter().map(|found| found.hit.product_id.as_str()).collect();
        products.sort_unstable();
        products.dedup();
        if products.is_empty() {
            return Ok(HashSet::new());
        }
        let answer = self.in_view(place, body::best_variants(search, &products)).await?;
        Ok(answer::skus(&answer).into_iter().map(str::to_owned).collect())
    }

    /// Searches the frozen view, and opens one where there is none (any more).
    async fn in_view(&self, place: &mut Place, mut body: Value) -> Result<Value, QueryError> {
        if let Some(id) = place.view.take() {
            body["pit"] = json!({"id": id, "keep_alive": KEEP_ALIVE});
            match self.post_search("/_search", body.clone()).await {
                Ok(answer) => {
                    place.view = Some(answer["pit_id"].as_str().map_or(id, str::to_owned));
                    return Ok(answer);
                }
                Err(IndexError::Refused { kind, status })
                    if status == 404 || kind == "search_context_missing_exception" => {}
                // The cursor's checksum is no signature: whoever forged one gets told so.
                Err(IndexError::Refused { status: 400, .. }) => return Err(CursorError.into()),
                Err(error) => return Err(error.into()),
            }
        }
        let open = format!("/{READ_ALIAS}/_search/point_in_time?keep_alive={KEEP_ALIVE}");
        let opened = self.call(Method::Post, &open, None).await;
        let (path, view) = match opened.as_ref().ok().and_then(|answer| answer["pit_id"].as_str()) {
            Some(id) => ("/_search".to_owned(), Some(id.to_owned())),
            // Too many views are open: the living index has the same order, it is only not frozen.
            None => (format!("/{READ_ALIAS}/_search"), None),
        };
        match &view {
            Some(id) => body["pit"] = json!({"id": id, "keep_alive": KEEP_ALIVE}),
            None => {
                if let Some(body) = body.as_object_mut() {
                    body.remove("pit");
                }
            }
        }
        let answer = self.post_search(&path, body).await.map_err(|error| match error {
            IndexError::Refused { status: 400, .. } => QueryError::Cursor(CursorError),
            error => error.into(),
        })?;
        place.view = view;
        Ok(answer)
    }
}
