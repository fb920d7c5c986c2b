//! Filling a new index beside the old.
//!
//! The new index first becomes one of those that are written, then all pages are read. What changes after
//! that reaches the new index by itself, what changed before is read; both carry their versions, so it
//! does not matter which comes first. Then the new index is compared with the pages, and only where
//! nothing is missing does the read alias move, in one step. Until then everything can be given up.
//!
//! Each step is kept under the lease, so a reindex goes on where whoever was at it stopped or died.

use std::time::Instant;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Keeper, KeeperError,
    comparison::{Comparison, Counts, ITEMS_PER_STEP},
    lease::{self, Lease, Taken},
};
use crate::index::{IndexError, SameVersion, fingerprint, new_name};

/// The item that tells how far a reindex has come.
const KEY: &str = "reindex";
/// So often a new index is compared until nothing differs.
const PASSES: u32 = 3;
/// An index may do without so many of its documents at most, because it refuses them or their pages
/// cannot be read: one in a hundred, and always a few. A schema that fits less of the catalogue is wrong.
const REFUSED_ONE_IN: u64 = 100;
const REFUSED_ALWAYS: u64 = 10;

/// How far a reindex has come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Reindex {
    index: String,
    schema: String,
    pages: u64,
    phase: Phase,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
enum Phase {
    Filling {
        after: Option<String>,
    },
    Comparing {
        pass: u32,
        comparison: Comparison,
    },
    /// Nobody can give it up any more.
    Switching {
        counts: Counts,
    },
    Done {
        counts: Counts,
    },
    Aborted,
    Failed {
        reason: String,
    },
}

/// What a reindex has done so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReindexReport {
    /// The new index.
    pub index: String,
    /// True where it is the one that is searched now; else the next call goes on.
    pub done: bool,
    /// How many pages it was filled from.
    pub pages: u64,
    /// How it compares with the pages, once that is known.
    pub counts: Option<Counts>,
}

impl Reindex {
    fn new(now: Timestamp) -> Self {
        let index = new_name(now.as_millisecond(), &Uuid::new_v4().simple().to_string()[..8]);
        Self { index, schema: fingerprint(), pages: 0, phase: Phase::Filling { after: None } }
    }

    fn is_under_way(&self) -> bool {
        matches!(self.phase, Phase::Filling { .. } | Phase::Comparing { .. } | Phase::Switching { .. })
    }

    fn report(&self) -> ReindexReport {
        let counts = match &self.phase {
            Phase::Done { counts } | Phase::Switching { counts } => Some(counts.clone()),
            _ => None,
        };
        let done = matches!(self.phase, Phase::Done { .. });
        ReindexReport { index: self.index.clone(), done, pages: self.pages, counts }
    }
}

impl Keeper {
    /// Begins a reindex, or goes on with one that was left, until it is done or the time is over.
    ///
    /// # Errors
    /// [`KeeperError::Busy`] where another worker is at it, [`KeeperError::Failed`] where it was given up and
    /// the old index goes on being searched; after any other the next call goes on.
    pub async fn reindex(&self, until: Instant) -> Result<ReindexReport, KeeperError> {
        let (lease, left) = match Lease::take::<Reindex>(self.pages.table(), KEY, Timestamp::now()).await? {
            Taken::Ours { lease, progress } => (lease, progress),
            Taken::Theirs { until } => return Err(KeeperError::Busy { what: KEY, until }),
        };
        // One that was begun for another schema is left; its index is removed like any that is left. Once it is
        // being switched to, nobody knows whether it has been.
        let switching = |left: &Reindex| matches!(left.phase, Phase::Switching { .. });
        let fits = |left: &Reindex| left.schema == fingerprint() || switching(left);
        let goes_on = left.filter(|left| left.is_under_way() && fits(left));
        let mut reindex = goes_on.unwrap_or_else(|| Reindex::new(Timestamp::now()));
        let result = self.resume(&lease, &mut reindex, until).await;
        let tidied = self.tidy_up(&lease, reindex, &result).await;
        lease.release().await?;
        let report = result?;
        tidied.map(|()| report)
    }

    /// Removes the index of a reindex that comes to nothing.
    async fn tidy_up(
        &self,
        lease: &Lease,
        reindex: Reindex,
        result: &Result<ReindexReport, KeeperError>,
    ) -> Result<(), KeeperError> {
        let index = reindex.index.clone();
        let is_over = match result {
            Err(KeeperError::Failed(reason)) => {
                let failed = Reindex { phase: Phase::Failed { reason: reason.clone() }, ..reindex };
                lease.renew(&failed, Timestamp::now()).await?
            }
            // Made again perhaps after it had been given up, unless another worker goes on with it.
            Err(KeeperError::Overtaken(_)) => {
                let now: Option<Reindex> = lease::progress(self.pages.table(), KEY).await?;
                now.is_none_or(|now| now.index != index || !now.is_under_way())
            }
            _ => false,
        };
        if is_over {
            self.index.remove_unless_live(&index).await?;
        }
        Ok(())
    }

    /// Removes indices that were left by reindexes which are no longer under way.
    ///
    /// # Errors
    /// [`KeeperError`]; repeating is safe.
    pub async fn remove_leftovers(&self) -> Result<(), KeeperError> {
        if let Taken::Ours { lease, progress } =
            Lease::take::<Reindex>(self.pages.table(), KEY, Timestamp::now()).await?
        {
            let removed = match progress.filter(Reindex::is_under_way) {
                Some(_) => Ok(()),
                None => self.index.remove_left_before(&new_name(Timestamp::now().as_millisecond(), "")).await,
            };
            lease.release().await?;
            removed?;
        }
        Ok(())
    }

    /// Gives up a reindex that is under way, whoever is at it, and removes its index; `None` where none is.
    ///
    /// # Errors
    /// [`KeeperError`]; repeating is safe. One that is about to be searched can no longer be given up.
    pub async fn abort_reindex(&self) -> Result<Option<String>, KeeperError> {
        let abort = |reindex: Option<Reindex>| {
            let may_be = |phase: &Phase| matches!(phase, Phase::Filling { .. } | Phase::Comparing { .. });
            let reindex = reindex.filter(|reindex| may_be(&reindex.phase))?;
            Some(Reindex { phase: Phase::Aborted, ..reindex })
        };
        match Lease::take_over(self.pages.table(), KEY, abort).await? {
            Some(Reindex { index, .. }) => {
                self.index.remove_unless_live(&index).await?;
                Ok(Some(index))
            }
            None if self.is_reindexing().await? => Err(KeeperError::TooLate),
            None => Ok(None),
        }
    }

    /// Whether a reindex was begun and has not come to an end.
    ///
    /// # Errors
    /// [`KeeperError`].
    pub async fn is_reindexing(&self) -> Result<bool, KeeperError> {
        let reindex: Option<Reindex> = lease::progress(self.pages.table(), KEY).await?;
        Ok(reindex.is_some_and(|reindex| reindex.is_under_way()))
    }

    async fn resume(&self, lease: &Lease, reindex: &mut Reindex, until: Instant) -> Result<ReindexReport, KeeperError> {
        // Also before the first step: an index must be named before it is there, or nobody could remove it.
        loop {
            if !lease.renew(reindex, Timestamp::now()).await? {
                return Err(KeeperError::Overtaken(KEY));
            }
            if !reindex.is_under_way() || Instant::now() >= until {
                return Ok(reindex.report());
            }
            match self.step(reindex).await {
                // Whoever gives a reindex up removes its index: the worker finds out by whatever it does next.
                Err(KeeperError::Index(_)) if !lease.renew(reindex, Timestamp::now()).await? => {
                    return Err(KeeperError::Overtaken(KEY));
                }
                Err(KeeperError::Index(error @ IndexError::Gone(_))) => {
                    return Err(KeeperError::Failed(error.to_string()));
                }
                stepped => stepped?,
            }
        }
    }

    async fn step(&self, reindex: &mut Reindex) -> Result<(), KeeperError> {
        match &mut reindex.phase {
            Phase::Filling { after } => {
                if after.is_none() {
                    self.index.remove_left_before(&reindex.index).await?;
                    self.index.prepare(&reindex.index).await?;
                }
                let slice = self.pages.scan(after.as_deref(), ITEMS_PER_STEP).await?;
                let actions: Vec<_> = slice.pages.iter().flat_map(crate::page::ProductPage::actions).collect();
                // What is refused is missing when it is compared, and counted there.
                self.index.write_to(&reindex.index, &actions, SameVersion::Replaces).await?;
                reindex.pages += slice.pages.len() as u64;
                match slice.next {
                    Some(last) => *after = Some(last),
                    None => {
                        let comparison = Comparison::new(&reindex.index);
                        reindex.phase = Phase::Comparing { pass: 1, comparison };
                    }
                }
            }
            Phase::Comparing { pass, comparison } => {
                self.compare_on(comparison).await?;
                if comparison.is_done() {
                    let counts = comparison.counts.clone();
                    reindex.phase = match verdict(&counts, *pass)? {
                        Verdict::Agrees => Phase::Switching { counts },
                        Verdict::CompareAgain => {
                            Phase::Comparing { pass: *pass + 1, comparison: Comparison::new(&reindex.index) }
                        }
                    };
                }
            }
            Phase::Switching { counts } => {
                let schema = self.index.schema_of(&reindex.index).await?;
                if schema.as_ref() != Some(&reindex.schema) {
                    return Err(KeeperError::Failed("the index has another schema than it was made with".to_owned()));
                }
                self.index.switch_to(&reindex.index).await?;
                reindex.phase = Phase::Done { counts: counts.clone() };
            }
            Phase::Done { .. } | Phase::Aborted | Phase::Failed { .. } => {}
        }
        Ok(())
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Agrees,
    CompareAgain,
}

/// Whether an index may be searched that compares like this.
fn verdict(counts: &Counts, pass: u32) -> Result<Verdict, KeeperError> {
    let lost = counts.refused + counts.unreadable;
    if lost > REFUSED_ALWAYS.max(counts.expected / REFUSED_ONE_IN) {
        return Err(KeeperError::Failed(format!("{lost} of {} documents do not fit the new index", counts.expected)));
    }
    match counts.differences() {
        0 => Ok(Verdict::Agrees),
        _ if pass < PASSES => Ok(Verdict::CompareAgain),
        differing => Err(KeeperError::Failed(format!("{differing} documents differ again and again"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_searched_only_where_nothing_was_missing_when_it_was_last_compared() {
        let agrees = Counts { expected: 10, documents: 10, ..Counts::default() };
        assert_eq!(verdict(&agrees, 1).unwrap(), Verdict::Agrees);
        let repaired = Counts { missing: 1, ..agrees.clone() };
        assert_eq!(verdict(&repaired, PASSES - 1).unwrap(), Verdict::CompareAgain);
        assert!(matches!(verdict(&repaired, PASSES), Err(KeeperError::Failed(_))));
    }

    #[test]
    fn a_few_documents_may_be_refused_and_not_a_part_of_the_catalogue() {
        let counts = |expected, refused| Counts { expected, refused, ..Counts::default() };
        for (expected, refused, fits) in
            [(20, 10, true), (20, 11, false), (100_000, 1_000, true), (100_000, 1_001, false)]
        {
            assert_eq!(verdict(&counts(expected, refused), 1).is_ok(), fits, "{refused} of {expected}");
        }
    }
}
