//! Filling a new index beside the old.
//!
//! The new index first becomes one of those that are written, then all pages are read. What changes after
//! that reaches the new index by itself, what changed before is read; both carry their versions, so it
//! does not matter which comes first. Then the new index is compared with the pages, and only where
//! nothing is missing does the read alias move, in one step. Until then everything can be given up. The index that was
//! searched before is kept for a while, and can be filled up and searched again in the same way.
//!
//! One worker at a time holds the reindex: a state machine's execution, or a function that goes on with one that was
//! left. It works on several parts at once, and each part's progress is kept: so a reindex goes on where whoever was at
//! it stopped or died.

use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Keeper, KeeperError,
    comparison::Counts,
    lease::{self, Lease, Taken},
    parts::{Stage, Worked},
};
use crate::index::{IndexError, fingerprint};

/// The item that tells how far a reindex has come.
pub(super) const KEY: &str = "reindex";
/// So often a new index is compared until nothing differs.
const PASSES: u32 = 3;
/// An index may do without so many of its documents at most, because it refuses them or their pages
/// cannot be read: one in a hundred, and always a few. A schema that fits less of the catalogue is wrong.
const REFUSED_ONE_IN: u64 = 100;
const REFUSED_ALWAYS: u64 = 10;
/// So long the index that was searched before is kept.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(24);
/// More parts than this are not worked on at once.
pub const PARTS_MAX: u32 = 64;

/// How far a reindex has come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Reindex {
    pub(super) index: String,
    /// Which of the reindexes of that index it is: a former one is filled up more than once.
    #[serde(default)]
    pub(super) run: String,
    schema: String,
    pub(super) parts: u32,
    /// The index is one that was searched before.
    #[serde(default)]
    pub(super) restores: bool,
    /// The index that was searched before this one, where it is kept.
    #[serde(default)]
    former: Option<Former>,
    pub(super) phase: Phase,
}

/// An index that was searched before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Former {
    index: String,
    until: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub(super) enum Phase {
    Filling,
    Comparing {
        pass: u32,
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

/// How far a reindex has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReindexReport {
    /// The index that is being filled.
    pub index: String,
    /// `filling`, `comparing`, `switching`, `done`, `aborted` or `failed`.
    pub phase: &'static str,
    /// True where it is the one that is searched now.
    pub done: bool,
    /// The parts that are worked on at once, by their numbers.
    pub parts: Vec<u32>,
    /// How many pages it was filled from so far.
    pub pages: u64,
    /// How many parts are through with this phase.
    pub parts_done: u64,
    /// How it compares with the pages, once that is known.
    pub counts: Option<Counts>,
    /// Why it failed, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Reindex {
    fn new(index: String, parts: u32, left: Option<&Self>) -> Self {
        // Of one that comes to nothing, what came before goes on being kept.
        let former = left.and_then(|left| left.former.clone());
        let parts = parts.clamp(1, PARTS_MAX);
        let run = Uuid::new_v4().to_string();
        Self { index, run, schema: fingerprint(), parts, restores: false, former, phase: Phase::Filling }
    }

    pub(super) fn is_under_way(&self) -> bool {
        matches!(self.phase, Phase::Filling | Phase::Comparing { .. } | Phase::Switching { .. })
    }

    /// One that was begun for another schema is left. Once it is being switched to, nobody knows whether it has been.
    fn goes_on(&self) -> bool {
        self.is_under_way() && (self.schema == fingerprint() || matches!(self.phase, Phase::Switching { .. }))
    }

    fn kept(&self, now: Timestamp) -> Option<&str> {
        self.former.as_ref().filter(|former| former.until > now).map(|former| former.index.as_str())
    }

    /// What each part has to do now; `None` where there is nothing for parts to do.
    pub(super) fn stage(&self) -> Option<Stage> {
        match self.phase {
            Phase::Filling => Some(Stage::Filling),
            Phase::Comparing { pass } => Some(Stage::Comparing(pass)),
            _ => None,
        }
    }
}

impl Keeper {
    /// Begins a reindex for this worker, or goes on with one that was left. With `restores` the index that was
    /// searched before is filled up, instead of a new one.
    ///
    /// # Errors
    /// [`KeeperError::Busy`] where another worker is at it, [`KeeperError::NothingKept`] where there is none to
    /// restore.
    pub async fn begin_reindex(&self, owner: &str, parts: u32, restores: bool) -> Result<ReindexReport, KeeperError> {
        let now = Timestamp::now();
        let (lease, left) = match Lease::take_as::<Reindex>(owner, self.pages.table(), KEY, now).await? {
            Taken::Ours { lease, progress } => (lease, progress),
            Taken::Theirs { until } => return Err(KeeperError::Busy { what: KEY, until }),
        };
        let begun = self.begun(&lease, left, parts, restores, now).await;
        if begun.is_err() {
            lease.release().await?;
        }
        self.report(&begun?).await
    }

    async fn begun(
        &self,
        lease: &Lease,
        left: Option<Reindex>,
        parts: u32,
        restores: bool,
        now: Timestamp,
    ) -> Result<Reindex, KeeperError> {
        if let Some(left) = left.as_ref().filter(|left| left.goes_on() && left.restores == restores) {
            return Ok(left.clone());
        }
        let unique = &Uuid::new_v4().simple().to_string()[..8];
        let name = self.index.new_name(now.as_millisecond(), unique);
        let mut reindex = Reindex::new(name, parts, left.as_ref());
        if restores {
            let kept = left.as_ref().and_then(|left| left.kept(now)).ok_or(KeeperError::NothingKept)?;
            if self.index.schema_of(kept).await?.as_ref() != Some(&reindex.schema) {
                return Err(KeeperError::Failed(format!("{kept} is of another schema than this program's")));
            }
            reindex = Reindex { index: kept.to_owned(), restores, ..reindex };
        }
        // Before the first step: an index must be named before it is there, or nobody could remove it.
        if !lease.renew(&reindex, now).await? {
            return Err(KeeperError::Overtaken(KEY));
        }
        if restores {
            self.index.write_also(&reindex.index).await?;
        } else {
            self.index.remove_left_before(&reindex.index, reindex.kept(now)).await?;
            self.index.prepare(&reindex.index, self.shards).await?;
        }
        Ok(reindex)
    }

    /// Takes the next turn where all parts are through with the phase: from filling to comparing, as often as it
    /// takes, and then to the switch.
    ///
    /// # Errors
    /// [`KeeperError::Failed`] where it was given up and the old index goes on being searched.
    pub async fn advance_reindex(&self, owner: &str) -> Result<ReindexReport, KeeperError> {
        let now = Timestamp::now();
        let held = Lease::held::<Reindex>(owner, self.pages.table(), KEY, now).await?;
        let (lease, reindex) = held.ok_or(KeeperError::Overtaken(KEY))?;
        let next = match self.next(&reindex).await {
            Ok(next) => next,
            Err(KeeperError::Failed(reason)) => return self.give_up(&lease, reindex, reason).await,
            // Whoever gives a reindex up removes its index.
            Err(KeeperError::Index(IndexError::Gone(_))) if !lease.renew(&reindex, Timestamp::now()).await? => {
                return Err(KeeperError::Overtaken(KEY));
            }
            Err(KeeperError::Index(error @ IndexError::Gone(_))) => {
                return self.give_up(&lease, reindex, error.to_string()).await;
            }
            Err(error) => return Err(error),
        };
        if next != reindex && !lease.renew(&next, Timestamp::now()).await? {
            return Err(KeeperError::Overtaken(KEY));
        }
        if !next.is_under_way() {
            lease.release().await?;
        }
        self.report(&next).await
    }

    async fn next(&self, reindex: &Reindex) -> Result<Reindex, KeeperError> {
        let mut next = reindex.clone();
        match &reindex.phase {
            Phase::Filling => {
                if self.worked(reindex).await?.is_done() {
                    next.phase = Phase::Comparing { pass: 1 };
                }
            }
            Phase::Comparing { pass } => {
                let Worked { counts, parts_done, .. } = self.worked(reindex).await?;
                if parts_done == u64::from(reindex.parts) {
                    next.phase = match verdict(&counts, *pass)? {
                        Verdict::Agrees => Phase::Switching { counts },
                        Verdict::CompareAgain => Phase::Comparing { pass: *pass + 1 },
                    };
                }
            }
            Phase::Switching { counts } => {
                let schema = self.index.schema_of(&reindex.index).await?;
                if schema.as_ref() != Some(&reindex.schema) {
                    return Err(KeeperError::Failed("the index has another schema than it was made with".to_owned()));
                }
                if let Some(index) = self.index.switch_to(&reindex.index).await? {
                    next.former = Some(Former { index, until: Timestamp::now() + KEPT_FOR });
                }
                next.phase = Phase::Done { counts: counts.clone() };
            }
            Phase::Done { .. } | Phase::Aborted | Phase::Failed { .. } => {}
        }
        Ok(next)
    }

    /// Begins a reindex, or goes on with one that was left, until it is done or the time is over.
    ///
    /// # Errors
    /// [`KeeperError::Busy`] where another worker is at it, [`KeeperError::Failed`] where it was given up and
    /// the old index goes on being searched; after any other the next call goes on.
    pub async fn reindex(&self, until: Instant) -> Result<ReindexReport, KeeperError> {
        let left: Option<Reindex> = lease::progress(self.pages.table(), KEY).await?;
        let restores = left.is_some_and(|left| left.goes_on() && left.restores);
        let owner = Uuid::now_v7().to_string();
        let begun = self.begin_reindex(&owner, self.parts, restores).await?;
        let result = match self.drive(&owner, begun, until).await {
            Err(KeeperError::Index(error @ IndexError::Gone(_))) => {
                self.fail_reindex(&owner, &error.to_string()).await?;
                Err(KeeperError::Failed(error.to_string()))
            }
            other => other,
        };
        if let Some((lease, _)) = Lease::held::<Reindex>(&owner, self.pages.table(), KEY, Timestamp::now()).await? {
            lease.release().await?;
        }
        result
    }

    async fn drive(
        &self,
        owner: &str,
        mut report: ReindexReport,
        until: Instant,
    ) -> Result<ReindexReport, KeeperError> {
        while !report.done && Instant::now() < until {
            let parts = report.parts.iter().map(|part| self.work_on_reindex(owner, *part, until));
            for worked in futures_util::future::join_all(parts).await {
                worked?;
            }
            report = self.advance_reindex(owner).await?;
        }
        Ok(report)
    }

    /// Gives up what a worker cannot go on with; the old index goes on being searched. Does nothing where the reindex
    /// is no longer this worker's, or is about to be searched: then it is gone on with.
    ///
    /// # Errors
    /// [`KeeperError`]; repeating is safe.
    pub async fn fail_reindex(&self, owner: &str, reason: &str) -> Result<(), KeeperError> {
        let held = Lease::held::<Reindex>(owner, self.pages.table(), KEY, Timestamp::now()).await?;
        let Some((lease, reindex)) = held else { return Ok(()) };
        match &reindex.phase {
            Phase::Filling | Phase::Comparing { .. } => match self.give_up(&lease, reindex, reason.to_owned()).await {
                Err(KeeperError::Failed(_)) => Ok(()),
                other => other.map(drop),
            },
            _ => Ok(lease.release().await?),
        }
    }

    async fn give_up(&self, lease: &Lease, reindex: Reindex, reason: String) -> Result<ReindexReport, KeeperError> {
        let failed = Reindex { phase: Phase::Failed { reason: reason.clone() }, ..reindex };
        if !lease.renew(&failed, Timestamp::now()).await? {
            return Err(KeeperError::Overtaken(KEY));
        }
        self.drop_index_of(&failed).await?;
        lease.release().await?;
        Err(KeeperError::Failed(reason))
    }

    /// Of a reindex that comes to nothing: a new index is removed, one that was kept is kept.
    pub(super) async fn drop_index_of(&self, reindex: &Reindex) -> Result<(), KeeperError> {
        match reindex.restores {
            true => self.index.write_no_more(&reindex.index).await?,
            false => self.index.remove_unless_live(&reindex.index).await?,
        }
        Ok(())
    }

    /// Removes indices that were left by reindexes which are no longer under way, or kept for long enough.
    ///
    /// # Errors
    /// [`KeeperError`]; repeating is safe.
    pub async fn remove_leftovers(&self) -> Result<(), KeeperError> {
        let now = Timestamp::now();
        if let Taken::Ours { lease, progress } = Lease::take::<Reindex>(self.pages.table(), KEY, now).await? {
            let removed = match &progress {
                Some(reindex) if reindex.is_under_way() => Ok(()),
                other => {
                    let kept = other.as_ref().and_then(|reindex| reindex.kept(now));
                    self.index.remove_left_before(&self.index.new_name(now.as_millisecond(), ""), kept).await
                }
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
            let may_be = |phase: &Phase| matches!(phase, Phase::Filling | Phase::Comparing { .. });
            let reindex = reindex.filter(|reindex| may_be(&reindex.phase))?;
            Some(Reindex { phase: Phase::Aborted, ..reindex })
        };
        match Lease::take_over(self.pages.table(), KEY, abort).await? {
            Some(reindex) => {
                self.drop_index_of(&reindex).await?;
                Ok(Some(reindex.index))
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

    /// How far the last reindex has come; `None` where there never was one.
    ///
    /// # Errors
    /// [`KeeperError`].
    pub async fn reindex_progress(&self) -> Result<Option<ReindexReport>, KeeperError> {
        let reindex: Option<Reindex> = lease::progress(self.pages.table(), KEY).await?;
        match reindex {
            Some(reindex) => Ok(Some(self.report(&reindex).await?)),
            None => Ok(None),
        }
    }

    async fn report(&self, reindex: &Reindex) -> Result<ReindexReport, KeeperError> {
        let Worked { pages, parts_done, .. } = self.worked(reindex).await?;
        let (phase, counts, reason) = match &reindex.phase {
            Phase::Filling => ("filling", None, None),
            Phase::Comparing { .. } => ("comparing", None, None),
            Phase::Switching { counts } => ("switching", Some(counts.clone()), None),
            Phase::Done { counts } => ("done", Some(counts.clone()), None),
            Phase::Aborted => ("aborted", None, None),
            Phase::Failed { reason } => ("failed", None, Some(reason.clone())),
        };
        Ok(ReindexReport {
            index: reindex.index.clone(),
            phase,
            done: matches!(reindex.phase, Phase::Done { .. }),
            parts: (0..reindex.parts).collect(),
            pages,
            parts_done,
            counts,
            reason,
        })
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
