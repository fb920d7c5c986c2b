//! What is found, measured: an index of the project's own definition, filled from catalogue files by the code that
//! fills the shop's, asked by the code that asks the shop's. Judgements follow from a written rule over what products
//! say of themselves (`judged`), never from what a search has brought.
//!
//! It needs an OpenSearch: the one of the stack in `SOUK_OUTPUTS`, or any at `SOUK_OPENSEARCH`. `-- relevance
//! --nocapture` prints the figures.

mod bounded;
mod catalogue;
mod divided;
mod exact;
mod figures;
mod generated;
mod judged;
mod meant;
mod paging;
mod published;
mod reindexing;
mod sample;

use std::sync::{Arc, OnceLock};

use souk_domain::money::Currency;
use souk_search::{CurrentSynonyms, CursorKey, Search, SearchAnswer, SearchIndex, SearchQuery, Sort, Suggester};
use tokio::sync::{Mutex, OnceCell};

use crate::support::stack;
use catalogue::Catalogue;

/// An index that is being measured, and what it holds.
pub struct Measured {
    pub index: Search,
    pub suggester: Suggester,
    pub name: String,
    pub catalogue: Arc<Catalogue>,
}

/// Where OpenSearch is.
pub fn opensearch() -> &'static str {
    static ADDRESS: OnceLock<String> = OnceLock::new();
    ADDRESS.get_or_init(|| std::env::var("SOUK_OPENSEARCH").unwrap_or_else(|_| stack().opensearch_url.clone()))
}

/// The sample catalogue in an index of its own, which tests share. Each asks by connections of its own: one ends with the
/// test that made it.
pub async fn sample() -> Measured {
    static SAMPLE: OnceCell<(String, Arc<Catalogue>)> = OnceCell::const_new();
    let (name, catalogue) = SAMPLE.get_or_init(|| filled("sample", Catalogue::sample())).await;
    Measured::in_index(name, catalogue)
}

/// The Retail Demo Store's catalogue, where it lies beside the project.
pub async fn retail() -> Option<Measured> {
    let (name, catalogue) = filled("retail", Catalogue::retail()?).await;
    Some(Measured::in_index(&name, &catalogue))
}

/// An index of this catalogue.
async fn filled(name: &str, catalogue: Catalogue) -> (String, Arc<Catalogue>) {
    static TURN: Mutex<()> = Mutex::const_new(());
    let _turn = TURN.lock().await;
    let name = format!("relevance-{name}");
    catalogue.fill(opensearch(), &name).await;
    (name, Arc::new(catalogue))
}

impl Measured {
    /// An index of this catalogue.
    pub async fn of(name: &str, catalogue: Catalogue) -> Self {
        let (name, catalogue) = filled(name, catalogue).await;
        Self::in_index(&name, &catalogue)
    }

    fn in_index(name: &str, catalogue: &Arc<Catalogue>) -> Self {
        let index = SearchIndex::unsigned(opensearch()).unwrap().searching(name);
        let (synonyms, key) = (CurrentSynonyms::built_in(), CursorKey::new("the key of these tests"));
        let suggester = Suggester::new(index.clone(), synonyms.clone());
        let index = Search::new(index, synonyms, key, Currency::USD);
        Self { index, suggester, name: name.to_owned(), catalogue: Arc::clone(catalogue) }
    }

    /// The first ten for these words.
    pub async fn search(&self, q: &str) -> SearchAnswer {
        self.sorted(q, Sort::Relevance).await
    }

    /// The first ten for these words, in an order.
    pub async fn sorted(&self, q: &str, sort: Sort) -> SearchAnswer {
        let search = SearchQuery { q: Some(q.to_owned()), sort, limit: 10, ..SearchQuery::default() };
        self.index.search(&search, None).await.unwrap_or_else(|error| panic!("{q}: {error:?}"))
    }
}
