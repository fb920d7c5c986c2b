use std::collections::HashSet;

use opensearch::http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use souk_dynamo::{Cursor, CursorError};

use super::{
    CorrectedWord, SearchAnswer, SearchQuery, Sort, Synonyms,
    answer::{self, Found},
    body::Asked,
    facets,
    plan::{self, Level, Plan},
    words::{self, Words},
};
use crate::index::{IndexError, SearchIndex};

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
    /// How the first page read the words.
    #[serde(default)]
    plan: Plan,
}

/// Where fewer products match all words, those are shown too that match most.
const ENOUGH: u64 = 8;

/// A search whose words have been read, and what came of it.
struct Reading {
    plan: Plan,
    answer: Value,
    /// Which words the best product matches; `None` where all do.
    matched: Option<Vec<usize>>,
}

impl SearchIndex {
    /// A page of hits; `cursor` is that of the page before.
    ///
    /// # Errors
    /// [`QueryError`].
    pub async fn search(&self, search: &SearchQuery, cursor: Option<&str>) -> Result<SearchAnswer, QueryError> {
        let bound_to = serde_json::to_string(search).unwrap_or_default();
        let synonyms = self.synonyms();
        let words = search.q.as_deref().map(|q| words::read(q, &synonyms)).unwrap_or_default();
        let mut search = search.clone();
        search.min_price = search.min_price.or(words.min_price);
        search.max_price = search.max_price.or(words.max_price);
        match cursor {
            None => self.first_page(&search, &words, &synonyms, &bound_to).await,
            Some(text) => {
                let Cursor(place) = Cursor::<Place>::decode(text, &bound_to)?;
                let words = place.plan.read(&words, &synonyms);
                self.later_page(&search, &words, place, &bound_to).await
            }
        }
    }

    async fn first_page(
        &self,
        search: &SearchQuery,
        words: &Words,
        synonyms: &Synonyms,
        bound_to: &str,
    ) -> Result<SearchAnswer, QueryError> {
        let Reading { plan, answer, matched } = self.read(search, words, synonyms).await?;
        let total = facets::total(&answer);
        let mut found = answer::found(&answer);
        let more = found.len() > search.limit;
        found.truncate(search.limit);
        let is_kept =
            |place: &usize| plan.requires(*place) && matched.as_ref().is_none_or(|matched| matched.contains(place));
        let dropped =
            (0..words.words.len()).filter(|place| !is_kept(place)).map(|place| words.words[place].text.clone());
        let corrected: Vec<_> = plan
            .corrected
            .iter()
            .filter_map(|(place, candidates)| {
                let typed = words.words.get(*place).filter(|_| is_kept(place))?.text.clone();
                Some(CorrectedWord { typed, read_as: candidates.first()?.clone() })
            })
            .collect();
        let did_you_mean = (!corrected.is_empty()).then(|| {
            let read_as =
                |word: &String| corrected.iter().find(|known| known.typed == *word).map(|known| known.read_as.clone());
            let all = words.words.iter().map(|word| read_as(&word.text).unwrap_or_else(|| word.text.clone()));
            all.collect::<Vec<_>>().join(" ")
        });
        let last = found.last().filter(|_| more).map(|found| Place {
            view: None,
            after: found.place.clone(),
            shown: search.limit as u64,
            total,
            plan: plan.clone(),
        });
        Ok(SearchAnswer {
            dropped_words: dropped.chain(words.beyond.iter().cloned()).collect(),
            corrected_words: corrected,
            did_you_mean,
            min_price: words.min_price,
            max_price: words.max_price,
            partial: answer["timed_out"] == true,
            hits: found.into_iter().map(|found| found.hit).collect(),
            total,
            facets: Some(facets::facets(&answer)),
            cursor: last.map(|place| Cursor(place).encode(bound_to)),
        })
    }

    /// Finds out how the words are best read. All together, as they were typed, where that finds enough: one
    /// request. Else each word is looked at; typing errors are corrected in words that no product has; and where
    /// there is no product with all of them, those that match most of them are found.
    async fn read(&self, search: &SearchQuery, words: &Words, synonyms: &Synonyms) -> Result<Reading, QueryError> {
        let first = Plan::first(search);
        let answer = self.page_of(search, words, &first).await?;
        let total = facets::total(&answer);
        let is_one = words.words.len() < 2;
        if total >= self.enough(search) || words.words.is_empty() || (total > 0 && is_one) {
            return Ok(Reading { plan: first, answer, matched: None });
        }
        let mut plan = plan::understood(words, &self.look_up(words).await?, synonyms);
        let mut best = Reading { plan: first, answer, matched: None };
        let mut read = words.clone();
        if !plan.corrected.is_empty() {
            read = plan.read(words, synonyms);
            let strict = Plan { level: Plan::first(search).level, kinds: Vec::new(), ..plan.clone() };
            let answer = self.page_of(search, &read, &strict).await?;
            best = Reading { plan: strict, answer, matched: None };
            let total = facets::total(&best.answer);
            if total >= self.enough(search) || (total > 0 && is_one) {
                return Ok(best);
            }
            plan.kinds = plan::understood(&read, &self.look_up(&read).await?, synonyms).kinds;
        }
        let total = facets::total(&best.answer);
        let by_relevance = search.sort == Sort::Relevance;
        if total > 0 && plan.kinds.is_empty() {
            return Ok(best);
        }
        if by_relevance && !plan.kinds.is_empty() {
            let answer = self.page_of(search, &read, &plan).await?;
            let matched = answer::matched(&answer);
            if facets::total(&answer) > 0 {
                return Ok(Reading { plan, answer, matched });
            }
        }
        // Which words go together is learned from the best product; then those are required.
        let probe = self.post(Asked { search, words: &read, plan: &plan }.best()).await?;
        let Some(matched) = answer::matched(&probe) else { return Ok(best) };
        let kept: Vec<_> = matched.into_iter().filter(|place| plan.requires(*place)).collect();
        let plan = Plan { level: Level::All, kept: Some(kept), ..plan };
        let answer = self.page_of(search, &read, &plan).await?;
        Ok(Reading { plan, answer, matched: None })
    }

    /// How many products are enough: in an order other than by relevance, one is, as what lacks a word must not
    /// stand before what has it.
    fn enough(&self, search: &SearchQuery) -> u64 {
        if search.sort == Sort::Relevance { ENOUGH } else { 1 }
    }

    async fn page_of(&self, search: &SearchQuery, words: &Words, plan: &Plan) -> Result<Value, IndexError> {
        self.post(Asked { search, words, plan }.first_page()).await
    }

    pub(super) async fn look_up(&self, words: &Words) -> Result<Value, IndexError> {
        self.post(plan::questions(words)).await
    }

    async fn post(&self, body: Value) -> Result<Value, IndexError> {
        self.post_search(&format!("/{}/_search", self.searched()), body).await
    }

    async fn later_page(
        &self,
        search: &SearchQuery,
        words: &Words,
        mut place: Place,
        bound_to: &str,
    ) -> Result<SearchAnswer, QueryError> {
        let mut hits = Vec::new();
        let total = place.total;
        let cursor = |place: Place| Cursor(place).encode(bound_to);
        let plan = place.plan.clone();
        let asked = Asked { search, words, plan: &plan };
        let answered = |hits, cursor| SearchAnswer { hits, total, cursor, ..SearchAnswer::default() };
        for round in 0..ROUNDS_WITHOUT_HITS {
            // A page that is not full is fine, an empty one that is not the last is to be avoided.
            if round >= ROUNDS && !hits.is_empty() {
                break;
            }
            let size = ((search.limit * 3) << round.min(ROUNDS)).min(DOCUMENTS_AT_ONCE);
            let next = asked.documents_after(&place.after, size);
            let answer = self.in_view(&mut place, next).await?;
            let documents = answer::found(&answer);
            let is_last = documents.len() < size;
            let best = self.best_skus(asked, &mut place, &documents).await?;
            for Found { hit, place: here } in documents {
                // Whatever is not its product's best variant stands on another page, or did already.
                let is_best = best.contains(&hit.sku);
                if is_best && hits.len() == search.limit {
                    return Ok(answered(hits, Some(cursor(place))));
                }
                place.after = here;
                if is_best {
                    place.shown += 1;
                    hits.push(hit);
                }
            }
            if is_last {
                return Ok(answered(hits, None));
            }
        }
        // What is left may be nothing but other variants of what was shown: then this is the end.
        let more = place.shown < total;
        Ok(answered(hits, more.then(|| cursor(place))))
    }

    async fn best_skus(
        &self,
        asked: Asked<'_>,
        place: &mut Place,
        documents: &[Found],
    ) -> Result<HashSet<String>, QueryError> {
        let mut products: Vec<_> = documents.iter().map(|found| found.hit.product_id.as_str()).collect();
        products.sort_unstable();
        products.dedup();
        if products.is_empty() {
            return Ok(HashSet::new());
        }
        let answer = self.in_view(place, asked.best_variants(&products)).await?;
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
        let open = format!("/{}/_search/point_in_time?keep_alive={KEEP_ALIVE}", self.searched());
        let opened = self.call(Method::Post, &open, None).await;
        let (path, view) = match opened.as_ref().ok().and_then(|answer| answer["pit_id"].as_str()) {
            Some(id) => ("/_search".to_owned(), Some(id.to_owned())),
            // Too many views are open: the living index has the same order, it is only not frozen.
            None => (format!("/{}/_search", self.searched()), None),
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
