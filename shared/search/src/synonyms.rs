//! The synonyms as operators keep them: each version an item of a table of its own, for good. Functions read the
//! latest at most once a minute, so a change takes effect without a deployment or a reindex.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use souk_dynamo::{Page, StoreError, Table, attribute, n, s};
use souk_wiring::{ConfigError, Environment, FromEnvironment};
use utoipa::ToSchema;

use crate::query::{self, LineProblem, Synonyms};

/// The version of the file that the shop comes with.
pub(crate) const BUILT_IN: u64 = 1;
/// The partition that holds all later versions.
const FILE: &str = "synonyms";
/// So long a function works with what it has read.
const READ_AGAIN_AFTER: Duration = Duration::from_secs(60);
/// Where the table did not answer, what was read before is worked with, so long.
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(10);
/// Former versions that a function remembers, for searches that began with them.
const FORMER: usize = 4;

/// The table of the words that search works with.
#[derive(Debug, Clone, FromEnvironment)]
pub struct SynonymFile {
    #[variable("SEARCH_WORDS_TABLE")]
    table: Table,
}

/// A version of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SynonymLines {
    /// Raised by one at every change; 1 is the file that the shop comes with.
    pub version: u64,
    /// Its lines: `couch, sofa` mean the same; `blue => navy, cobalt`: who looks for the left may like the right, after
    /// what is called as they said. `#` begins a remark.
    pub lines: Vec<String>,
    /// When it was put; absent of the file that the shop comes with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<Timestamp>,
}

/// An item of the table.
#[derive(Debug, Serialize)]
struct Item<'a> {
    file: &'a str,
    #[serde(flatten)]
    lines: &'a SynonymLines,
}

/// What a put did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PutSynonyms {
    /// It is another file now.
    Changed(SynonymLines),
    /// It was equal.
    Unchanged(SynonymLines),
}

/// Why the synonyms were not put.
#[derive(Debug, thiserror::Error)]
pub enum PutSynonymsError {
    /// Lines that cannot be read, or a file that is too large.
    #[error("{} lines cannot be read", .0.len())]
    Invalid(Vec<LineProblem>),
    /// The caller did not say which version they have seen.
    #[error("the version is missing; the present one is {present}")]
    Missing {
        /// The version that is there.
        present: u64,
    },
    /// Another version is there than the caller has seen.
    #[error("the present version is {present}")]
    Stale {
        /// The version that is there.
        present: u64,
    },
    /// The table did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SynonymLines {
    /// The file that the shop comes with.
    pub fn standard() -> Self {
        Self { version: BUILT_IN, lines: query::STANDARD.lines().map(str::to_owned).collect(), changed_at: None }
    }

    fn synonyms(&self) -> Synonyms {
        Synonyms::parse(&self.lines.join("\n"))
    }
}

impl SynonymFile {
    /// The file in this table.
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// The latest version, as it is now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn latest(&self) -> Result<SynonymLines, StoreError> {
        self.read_latest(true).await
    }

    /// A version; `None` where there never was one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn version(&self, version: u64) -> Result<Option<SynonymLines>, StoreError> {
        if version == BUILT_IN {
            return Ok(Some(SynonymLines::standard()));
        }
        self.latest_where("#version = :version", version, false).await
    }

    /// Puts another version in the place of the one that the caller has seen.
    ///
    /// # Errors
    /// [`PutSynonymsError`]; then nothing was written.
    pub async fn put(
        &self,
        lines: Vec<String>,
        if_match: Option<u64>,
        now: Timestamp,
    ) -> Result<PutSynonyms, PutSynonymsError> {
        let problems = query::problems(&lines);
        if !problems.is_empty() {
            return Err(PutSynonymsError::Invalid(problems));
        }
        let present = self.latest().await?;
        match if_match {
            Some(seen) if seen != present.version => {
                return Err(PutSynonymsError::Stale { present: present.version });
            }
            _ if present.lines == lines => return Ok(PutSynonyms::Unchanged(present)),
            None => return Err(PutSynonymsError::Missing { present: present.version }),
            Some(_) => {}
        }
        let next = SynonymLines { version: present.version + 1, lines, changed_at: Some(now) };
        let item = Item { file: FILE, lines: &next };
        if self.table.put_if(&item, attribute("version").is_absent()).await?.is_written() {
            return Ok(PutSynonyms::Changed(next));
        }
        Err(PutSynonymsError::Stale { present: self.latest().await?.version })
    }

    async fn read_latest(&self, consistent: bool) -> Result<SynonymLines, StoreError> {
        let found = self.latest_where("#version > :version", BUILT_IN, consistent).await?;
        Ok(found.unwrap_or_else(SynonymLines::standard))
    }

    async fn latest_where(
        &self,
        condition: &str,
        version: u64,
        consistent: bool,
    ) -> Result<Option<SynonymLines>, StoreError> {
        let versions = self
            .table
            .query()
            .key_condition_expression(format!("#file = :file AND {condition}"))
            .expression_attribute_names("#file", "file")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":file", s(FILE))
            .expression_attribute_values(":version", n(version))
            .consistent_read(consistent)
            .scan_index_forward(false)
            .limit(1);
        let Page { items, .. } = Table::page(versions, None).await?;
        Ok(items.into_iter().next())
    }
}

/// The synonyms that a function works with.
#[derive(Debug, Clone)]
pub struct CurrentSynonyms {
    file: Option<SynonymFile>,
    read_again_after: Duration,
    known: Arc<Mutex<Known>>,
}

#[derive(Debug)]
struct Known {
    /// The latest one last.
    versions: Vec<(u64, Arc<Synonyms>)>,
    good_until: Option<Instant>,
}

impl FromEnvironment for CurrentSynonyms {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self::of(SynonymFile::from_environment(environment).await?, READ_AGAIN_AFTER))
    }
}

impl CurrentSynonyms {
    /// Those of this file, read again where they are older than that.
    pub fn of(file: SynonymFile, read_again_after: Duration) -> Self {
        Self { file: Some(file), ..Self::standard(read_again_after) }
    }

    /// Those that the shop comes with, for ever.
    pub fn built_in() -> Self {
        Self::standard(READ_AGAIN_AFTER)
    }

    fn standard(read_again_after: Duration) -> Self {
        let known = Known { versions: vec![(BUILT_IN, Arc::new(Synonyms::standard()))], good_until: None };
        Self { file: None, read_again_after, known: Arc::new(Mutex::new(known)) }
    }

    /// The latest version that is known, at most a minute old; where the table does not answer, older.
    pub(crate) async fn current(&self) -> (u64, Arc<Synonyms>) {
        if let Some(file) = self.file.as_ref().filter(|_| !self.is_good()) {
            match file.read_latest(false).await {
                Ok(lines) => self.learn(&lines, self.read_again_after),
                Err(error) => {
                    tracing::warn!(%error, "the synonyms could not be read; the former ones are used");
                    self.keep_for(TRY_AGAIN_AFTER);
                }
            }
        }
        self.with(|known| known.versions.last().cloned()).unwrap_or_default()
    }

    /// A version; where it cannot be had, the latest one.
    pub(crate) async fn of_version(&self, version: u64) -> (u64, Arc<Synonyms>) {
        let known = || self.with(|known| known.versions.iter().find(|(known, _)| *known == version).cloned());
        if let Some(known) = known() {
            return known;
        }
        let current = self.current().await;
        if let (None, Some(file)) = (known(), &self.file)
            && let Ok(Some(lines)) = file.version(version).await
        {
            self.with(|known| known.remember(version, Arc::new(lines.synonyms())));
        }
        known().unwrap_or(current)
    }

    fn is_good(&self) -> bool {
        self.with(|known| known.good_until.is_some_and(|until| Instant::now() < until))
    }

    fn learn(&self, lines: &SynonymLines, good_for: Duration) {
        let is_known = self.with(|known| known.versions.last().is_some_and(|(known, _)| *known >= lines.version));
        if !is_known {
            let synonyms = Arc::new(lines.synonyms());
            self.with(|known| known.remember(lines.version, synonyms));
        }
        self.keep_for(good_for);
    }

    fn keep_for(&self, time: Duration) {
        self.with(|known| known.good_until = Some(Instant::now() + time));
    }

    fn with<T>(&self, look: impl FnOnce(&mut Known) -> T) -> T {
        look(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Known {
    fn remember(&mut self, version: u64, synonyms: Arc<Synonyms>) {
        if !self.versions.iter().any(|(known, _)| *known == version) {
            self.versions.push((version, synonyms));
            self.versions.sort_by_key(|(version, _)| *version);
        }
        if self.versions.len() > FORMER {
            self.versions.remove(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn file() -> SynonymFile {
        let client = souk_testkit::dynamodb::with_tables_of("discovery").await.unwrap();
        SynonymFile::new(Table::new(client, "SearchWordsTable"))
    }

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    async fn put(file: &SynonymFile, text: &str, if_match: Option<u64>) -> Result<u64, PutSynonymsError> {
        Ok(match file.put(lines(text), if_match, Timestamp::UNIX_EPOCH).await? {
            PutSynonyms::Changed(lines) | PutSynonyms::Unchanged(lines) => lines.version,
        })
    }

    #[tokio::test]
    async fn a_file_is_changed_by_whoever_has_seen_it_and_each_version_stays() {
        let file = file().await;
        assert_eq!(file.latest().await.unwrap(), SynonymLines::standard());
        assert!(matches!(put(&file, "a, b", None).await, Err(PutSynonymsError::Missing { present: 1 })));
        assert_eq!(put(&file, "a, b", Some(1)).await.unwrap(), 2);
        assert!(matches!(put(&file, "a, c", Some(1)).await, Err(PutSynonymsError::Stale { present: 2 })));
        assert_eq!(put(&file, "a, b", None).await.unwrap(), 2, "what is there already is no change");
        assert!(matches!(put(&file, "alone", Some(2)).await, Err(PutSynonymsError::Invalid(_))));
        assert_eq!(put(&file, "a, c", Some(2)).await.unwrap(), 3);
        assert_eq!(file.version(2).await.unwrap().unwrap().lines, ["a, b"]);
        assert_eq!(
            (file.version(1).await.unwrap(), file.version(4).await.unwrap()),
            (Some(SynonymLines::standard()), None)
        );
    }

    #[tokio::test]
    async fn of_many_who_change_the_same_version_one_does() {
        let file = file().await;
        let puts = (0..8).map(|number| {
            let file = file.clone();
            tokio::spawn(async move { put(&file, &format!("a, b{number}"), Some(1)).await.is_ok() })
        });
        let mut changed = 0;
        for put in puts.collect::<Vec<_>>() {
            changed += usize::from(put.await.unwrap());
        }
        assert_eq!((changed, file.latest().await.unwrap().version), (1, 2));
    }

    #[tokio::test]
    async fn a_function_learns_a_change_and_still_knows_what_a_search_began_with() {
        let file = file().await;
        let (always, seldom) =
            (CurrentSynonyms::of(file.clone(), Duration::ZERO), CurrentSynonyms::of(file.clone(), READ_AGAIN_AFTER));
        assert_eq!((always.current().await.0, seldom.current().await.0), (1, 1));
        put(&file, "couch, bench", Some(1)).await.unwrap();
        assert_eq!((always.current().await.0, seldom.current().await.0), (2, 1));
        let (version, synonyms) = always.of_version(1).await;
        assert_eq!((version, *synonyms == Synonyms::standard()), (1, true));
        // Another function may be the first to hear of the version that a search began with.
        assert_eq!(seldom.of_version(2).await, (2, Arc::new(Synonyms::parse("couch, bench"))));
        assert_eq!(CurrentSynonyms::built_in().current().await.0, 1);
    }
}
