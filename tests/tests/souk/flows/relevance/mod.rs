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

use std::sync::OnceLock;

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
    pub catalogue: Catalogue,
}

/// Where OpenSearch is.
pub fn opensearch() -> &'static str {
    static ADDRESS: OnceLock<String> = OnceLock::new();
    ADDRESS.get_or_init(|| std::env::var("SOUK_OPENSEARCH").unwrap_or_else(|_| stack().opensearch_url.clone()))
}

/// The sample catalogue in an index of its own; tests share it.
pub async fn sample() -> &'static Measured {
    static SAMPLE: OnceCell<Measured> = OnceCell::const_new();
    SAMPLE.get_or_init(|| async { Measured::of("sample", Catalogue::sample()).await }).await
}

/// The Retail Demo Store's catalogue, where it lies beside the project.
pub async fn retail() -> Option<&'static Measured> {
    static RETAIL: OnceCell<Option<Measured>> = OnceCell::const_new();
    let filled = RETAIL.get_or_init(|| async {
        match Catalogue::retail() {
            Some(catalogue) => Some(Measured::of("retail", catalogue).await),
            None => None,
        }
    });
    filled.await.as_ref()
}

impl Measured {
    /// An index of this catalogue.
    pub async fn of(name: &str, catalogue: Catalogue) -> Self {
        static TURN: Mutex<()> = Mutex::const_new(());
        let _turn = TURN.lock().await;
        let name = format!("relevance-{name}");
        catalogue.fill(opensearch(), &name).await;
        let index = SearchIndex::unsigned(opensearch()).unwrap().searching(&name);
        let (synonyms, key) = (CurrentSynonyms::built_in(), CursorKey::new("the key of these tests"));
        let suggester = Suggester::new(index.clone(), synonyms.clone());
        Self { index: Search::new(index, synonyms, key, Currency::USD), suggester, name, catalogue }
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
