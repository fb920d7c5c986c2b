//! Whoever looks after the index: makes it, fills a new one beside it, compares it with the pages.

mod comparison;
mod difference;
mod lease;
mod parts;
mod recheck;
mod reindex;

use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use souk_dynamo::StoreError;
use souk_wiring::FromEnvironment;

use self::{
    comparison::Comparison,
    lease::{Lease, Taken},
};
use crate::{
    index::{IndexError, SearchIndex, fingerprint},
    page::{Pages, Part},
};

pub use comparison::Counts;
pub use parts::PartReport;
pub use reindex::{PARTS_MAX, ReindexReport};

/// The item that tells how far a comparison has come.
const COMPARISON: &str = "comparison";

/// The index, and the pages that it is filled from.
#[derive(Debug, Clone, FromEnvironment)]
pub struct Keeper {
    pages: Pages,
    index: SearchIndex,
    #[variable("PROJECTION_SECONDS")]
    arrives_within: SignedDuration,
    #[variable("REINDEX_PARTS")]
    parts: u32,
    /// Of each index that is made from now on.
    #[variable("SEARCH_SHARDS")]
    shards: u32,
}

/// What a comparison has found so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ComparisonReport {
    /// The index that is compared.
    pub index: String,
    /// True where all of it was; else the next call goes on.
    pub complete: bool,
    /// What was found.
    #[serde(flatten)]
    pub counts: Counts,
}

/// Why the keeper did not get on.
#[derive(Debug, thiserror::Error)]
pub enum KeeperError {
    /// Another worker is at it.
    #[error("another worker is at the {what}, at least until {until}")]
    Busy {
        /// The work.
        what: &'static str,
        /// When it may be taken up, if the other is silent.
        until: Timestamp,
    },
    /// The work was taken out of this worker's hands.
    #[error("the {0} was given up, or taken over by another worker")]
    Overtaken(&'static str),
    /// A reindex is about to be searched and cannot be given up any more.
    #[error("the reindex can no longer be given up")]
    TooLate,
    /// A reindex was given up; the old index goes on being searched.
    #[error("the reindex was given up: {0}")]
    Failed(String),
    /// The index that was searched before is not kept any more.
    #[error("the index that was searched before is not kept any more: fill a new one")]
    NothingKept,
    /// The table did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The search service did not answer or refused.
    #[error(transparent)]
    Index(#[from] IndexError),
}

impl Keeper {
    /// The keeper of this index of these pages. What differs for longer than `arrives_within` was lost; a reindex is
    /// worked on in so many parts at once, and makes an index of so many shards.
    pub fn new(pages: Pages, index: SearchIndex, arrives_within: SignedDuration, parts: u32, shards: u32) -> Self {
        Self { pages, index, arrives_within, parts, shards }
    }

    /// How many parts a reindex is worked on at once.
    pub fn parts(&self) -> u32 {
        self.parts
    }

    /// The index that is searched, where there is one and it was made for the present schema.
    ///
    /// # Errors
    /// [`KeeperError`].
    pub async fn current(&self) -> Result<Option<String>, KeeperError> {
        let Some(live) = self.index.live().await? else { return Ok(None) };
        let schema = self.index.schema_of(&live).await?;
        Ok(schema.filter(|schema| *schema == fingerprint()).map(|_| live))
    }

    /// Compares the index that is searched with the pages and repairs it: begins, or goes on where the last
    /// call stopped, until it is complete or the time is over.
    ///
    /// # Errors
    /// [`KeeperError`]; the next call goes on.
    pub async fn compare(&self, until: Instant) -> Result<ComparisonReport, KeeperError> {
        let (lease, left) = match Lease::take::<Comparison>(self.pages.table(), COMPARISON, Timestamp::now()).await? {
            Taken::Ours { lease, progress } => (lease, progress),
            Taken::Theirs { until } => return Err(KeeperError::Busy { what: COMPARISON, until }),
        };
        let result = self.resume_comparison(&lease, left, until).await;
        lease.release().await?;
        result
    }

    async fn resume_comparison(
        &self,
        lease: &Lease,
        left: Option<Comparison>,
        until: Instant,
    ) -> Result<ComparisonReport, KeeperError> {
        let live =
            self.index.live().await?.ok_or_else(|| IndexError::Unavailable("there is no index yet".to_owned()))?;
        let goes_on = left.filter(|left| left.index == live && !left.is_done());
        let mut comparison = goes_on.unwrap_or_else(|| Comparison::new(&live, Part::WHOLE));
        while !comparison.is_done() && Instant::now() < until {
            self.compare_on(&mut comparison).await?;
            if !lease.renew(&comparison, Timestamp::now()).await? {
                return Err(KeeperError::Overtaken(COMPARISON));
            }
        }
        Ok(ComparisonReport { index: live, complete: comparison.is_done(), counts: comparison.counts })
    }
}
