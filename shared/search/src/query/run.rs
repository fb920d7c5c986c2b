use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use souk_domain::money::Currency;
use souk_dynamo::CursorError;
use souk_wiring::{FromEnvironment, Parsed};

use super::{
    CorrectedWord, CursorKey, SearchAnswer, SearchQuery, Sort, Synonyms,
    answer::{self, Found},
    body::{Asked, Shown},
    cursor::{Order, Place},
    facets,
    plan::{self, Known, Level, Plan, Questions},
    words::{self, Words},
};
use crate::{
    index::{IndexError, SearchIndex},
    synonyms::CurrentSynonyms,
};

/// What was written so shortly before the first page may not have been seen by it: it takes a second to be found, a
/// write some more, and clocks differ.
const UNSEEN: SignedDuration = SignedDuration::from_secs(60);

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

/// Searching: the index, what words may be called instead, and the key of cursors.
///
/// Pages are read from the living index; no view of it is kept open for those who never ask for a second one. What
/// changes between two pages is told by when it was written, and what was shown by the cursor: so nothing is shown
/// twice, and what has moved to before the place where a page begins is shown on it.
#[derive(Debug, Clone, FromEnvironment)]
pub struct Search {
    index: SearchIndex,
    synonyms: CurrentSynonyms,
    key: CursorKey,
    #[variable("CURRENCY")]
    currency: Parsed<Currency>,
}

/// Where fewer products match all words, those are shown too that match most.
const ENOUGH: u8 = 8;

/// A search whose words have been read, and what came of it.
struct Reading {
    plan: Plan,
    answer: Value,
    facets: Value,
    /// Which words the best product matches; `None` where all do.
    matched: Option<Vec<usize>>,
}

impl Search {
    /// Searching this index, of a shop that sells in this currency.
    pub fn new(index: SearchIndex, synonyms: CurrentSynonyms, key: CursorKey, currency: Currency) -> Self {
        Self { index, synonyms, key, currency: Parsed(currency) }
    }

    /// A page of hits; `cursor` is that of the page before.
    ///
    /// # Errors
    /// [`QueryError`].
    pub async fn search(&self, search: &SearchQuery, cursor: Option<&str>) -> Result<SearchAnswer, QueryError> {
        let bound_to = serde_json::to_string(search).unwrap_or_default();
        let place = cursor.map(|text| self.key.open(text, &bound_to)).transpose()?;
        let (version, synonyms) = match &place {
            // As the first page read them, whatever operators have changed since.
            Some(place) => self.synonyms.of_version(place.order.synonyms).await,
            None => self.synonyms.current().await,
        };
        let words = search.q.as_deref().map(|q| words::read(q, &synonyms, self.currency.0)).unwrap_or_default();
        let mut search = search.clone();
        search.min_price = search.min_price.or(words.min_price);
        search.max_price = search.max_price.or(words.max_price);
        let (mut answer, next) = match place {
            None => self.first_page(&search, &words, version, &synonyms).await?,
            Some(place) => self.later_page(&search, &place.order.plan.read(&words, &synonyms), place).await?,
        };
        answer.cursor = next.map(|place| self.key.seal(&place, &bound_to));
        Ok(answer)
    }

    async fn first_page(
        &self,
        search: &SearchQuery,
        words: &Words,
        version: u64,
        synonyms: &Synonyms,
    ) -> Result<(SearchAnswer, Option<Place>), QueryError> {
        let since = (Timestamp::now() - UNSEEN).as_millisecond();
        let Reading { plan, answer, facets, matched } = self.read(search, words, synonyms).await?;
        let total = answer::total(&answer);
        let mut found = answer::found(&answer, self.currency.0);
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
        let did_you_mean = plan.reads_otherwise().then(|| {
            let read_as = |place: usize| plan.meant(place).filter(|_| is_kept(&place)).cloned();
            let all = words.words.iter().enumerate();
            let all = all.map(|(place, word)| read_as(place).unwrap_or_else(|| word.text.clone()));
            all.collect::<Vec<_>>().join(" ")
        });
        let next = found.last().filter(|_| more).map(|last| Place {
            order: Order { after: last.place.clone(), since, total, synonyms: version, plan: plan.clone() },
            marks: found.iter().map(|found| found.mark).collect(),
        });
        let answer = SearchAnswer {
            dropped_words: dropped.chain(words.beyond.iter().cloned()).collect(),
            corrected_words: corrected,
            did_you_mean,
            min_price: words.min_price,
            max_price: words.max_price,
            partial: is_partial(&answer) || is_partial(&facets),
            hits: found.into_iter().map(|found| found.hit).collect(),
            total,
            facets: Some(facets::facets(&facets)),
            cursor: None,
        };
        Ok((answer, next))
    }

    /// Finds out how the words are best read. All together, as they were typed, where that finds enough: one
    /// request. Else each word is looked at; typing errors are corrected in words that no product has; and where
    /// there is no product with all of them, those that match most of them are found.
    async fn read(&self, search: &SearchQuery, words: &Words, synonyms: &Synonyms) -> Result<Reading, QueryError> {
        let first = Plan::first(search);
        let mut best = self.page_of(search, words, first).await?;
        let is_one = words.words.len() < 2;
        let total = best.total();
        let unsaid = self.unsaid(search, words, &best);
        if words.words.is_empty() || (unsaid.is_empty() && self.is_enough(search, &best)) {
            return Ok(best);
        }
        let mut plan = plan::understood(words, &self.index.look_up(words).await?, synonyms);
        if total >= self.enough(search) {
            plan.read_as_typed_but_for(&unsaid);
        }
        if !plan.reads_otherwise() && ((total > 0 && is_one) || self.is_enough(search, &best)) {
            return Ok(best);
        }
        let mut read = words.clone();
        if plan.reads_otherwise() {
            read = plan.read(words, synonyms);
            let strict = Plan { level: Plan::first(search).level, kinds: Vec::new(), ..plan.clone() };
            best = self.page_of(search, &read, strict).await?;
            if self.is_enough(search, &best) || (best.total() > 0 && is_one) {
                return Ok(best);
            }
            plan.kinds = plan::understood(&read, &self.index.look_up(&read).await?, synonyms).kinds;
        }
        let total = best.total();
        let by_relevance = search.sort == Sort::Relevance;
        if total > 0 && plan.kinds.is_empty() {
            return Ok(best);
        }
        if by_relevance && !plan.kinds.is_empty() {
            let near = self.page_of(search, &read, plan.clone()).await?;
            let matched = answer::matched(&near.answer);
            if near.total() > 0 {
                return Ok(Reading { matched, ..near });
            }
        }
        // Which words go together is learned from the best product; then those are required.
        let probe = self.index.ask(Asked { search, words: &read, plan: &plan }.best()).await?;
        let Some(matched) = answer::matched(&probe) else { return Ok(best) };
        let kept: Vec<_> = matched.into_iter().filter(|place| plan.requires(*place)).collect();
        let plan = Plan { level: Level::All, kept: Some(kept), ..plan };
        Ok(self.page_of(search, &read, plan).await?)
    }

    /// How many products are enough: in an order other than by relevance, one is, as what lacks a word must not
    /// stand before what has it.
    fn enough(&self, search: &SearchQuery) -> u64 {
        if search.sort == Sort::Relevance { ENOUGH.into() } else { 1 }
    }

    /// Whether so many products are found, and the first are what the last word says: where it is only mentioned, what
    /// is of that kind is shown too.
    fn is_enough(&self, search: &SearchQuery, found: &Reading) -> bool {
        found.total() >= self.enough(search)
            && (search.sort != Sort::Relevance || answer::are_the_last(&found.answer, ENOUGH.into()))
    }

    /// The words that the products that were found have by their stem only.
    fn unsaid(&self, search: &SearchQuery, words: &Words, found: &Reading) -> Vec<usize> {
        if search.sort != Sort::Relevance {
            return Vec::new();
        }
        answer::unsaid(&found.answer, words.words.len(), ENOUGH.into())
    }

    async fn page_of(&self, search: &SearchQuery, words: &Words, plan: Plan) -> Result<Reading, IndexError> {
        let asked = Asked { search, words, plan: &plan };
        let [answer, facets] = self.index.ask_both([asked.first_page(), asked.facets()]).await?;
        Ok(Reading { plan, answer, facets, matched: None })
    }

    async fn later_page(
        &self,
        search: &SearchQuery,
        words: &Words,
        mut place: Place,
    ) -> Result<(SearchAnswer, Option<Place>), QueryError> {
        let asked = Asked { search, words, plan: &place.order.plan };
        let shown = Shown { after: &place.order.after, marks: &place.marks, since: place.order.since };
        let [moved, after] = self.index.ask_both([asked.moved_before(shown), asked.after(shown)]).await?;
        let partial = is_partial(&moved) || is_partial(&after);
        // What has moved forward comes first, as it would have stood before.
        let (mut moved, mut after) = (answer::found(&moved, self.currency.0), answer::found(&after, self.currency.0));
        let more = moved.len() + after.len() > search.limit;
        moved.truncate(search.limit);
        moved.reverse();
        after.truncate(search.limit - moved.len());
        if let Some(last) = after.last() {
            place.order.after.clone_from(&last.place);
        }
        let hits: Vec<Found> = moved.into_iter().chain(after).collect();
        place.marks.extend(hits.iter().map(|found| found.mark));
        let answer = SearchAnswer {
            hits: hits.into_iter().map(|found| found.hit).collect(),
            total: place.order.total,
            partial,
            ..SearchAnswer::default()
        };
        Ok((answer, more.then_some(place)))
    }
}

impl Reading {
    fn total(&self) -> u64 {
        answer::total(&self.answer)
    }
}

fn is_partial(answer: &Value) -> bool {
    answer["timed_out"] == true
}

impl SearchIndex {
    pub(super) async fn look_up(&self, words: &Words) -> Result<Known, IndexError> {
        let mut questions = Questions::of(words);
        let answers = self.ask_all(std::mem::take(&mut questions.queries)).await?;
        Ok(questions.answered(answers))
    }
}
