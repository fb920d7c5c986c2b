//! The parts of a reindex, which are worked on at the same time: each with its own progress, so that one that failed is
//! gone on with alone.

use std::time::Instant;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use souk_dynamo::StoreError;

use super::{
    Keeper, KeeperError,
    comparison::{Comparison, Counts, ITEMS_PER_STEP},
    lease::Lease,
    reindex::{KEY, Reindex},
};
use crate::{
    index::SameVersion,
    page::{Part, ProductPage},
};

/// What a part has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Stage {
    Filling,
    Comparing(u32),
}

/// How far a part has come: an item of the pages' table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Progress {
    /// Of which reindex.
    run: String,
    stage: Stage,
    /// Pages that it has filled the index from.
    pages: u64,
    walk: Walk,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Walk {
    Filling { after: Option<String> },
    Comparing(Comparison),
    Done(Counts),
}

/// An item of the table.
#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    pk: String,
    progress: String,
}

/// What all parts together have done of a phase.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Worked {
    pub(super) pages: u64,
    pub(super) parts_done: u64,
    parts: u64,
    pub(super) counts: Counts,
}

impl Worked {
    pub(super) fn is_done(&self) -> bool {
        self.parts_done == self.parts
    }
}

/// How far a part has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartReport {
    /// Which one.
    pub part: u32,
    /// True where it is through with the phase; else the next call goes on.
    pub done: bool,
}

fn key(part: u32) -> String {
    format!("{KEY}#{part}")
}

impl Progress {
    fn begin(reindex: &Reindex, stage: Stage, part: Part, pages: u64) -> Self {
        let walk = match stage {
            Stage::Filling => Walk::Filling { after: None },
            Stage::Comparing(_) => Walk::Comparing(Comparison::new(&reindex.index, part)),
        };
        Self { run: reindex.run.clone(), stage, pages, walk }
    }

    fn is_done(&self) -> bool {
        matches!(self.walk, Walk::Done(_))
    }
}

impl Keeper {
    /// Works on a part of the reindex that this worker has begun, until the part is through with the phase or the time
    /// is over.
    ///
    /// # Errors
    /// [`KeeperError::Overtaken`] where it was given up or is another worker's; after any other the next call goes on.
    pub async fn work_on_reindex(&self, owner: &str, part: u32, until: Instant) -> Result<PartReport, KeeperError> {
        loop {
            let held = Lease::held::<Reindex>(owner, self.pages.table(), KEY, Timestamp::now()).await?;
            let (_, reindex) = held.ok_or(KeeperError::Overtaken(KEY))?;
            let Some(stage) = reindex.stage() else { return Ok(PartReport { part, done: true }) };
            let mut progress = self.progress_of(&reindex, stage, part).await?;
            if progress.is_done() || Instant::now() >= until {
                return Ok(PartReport { part, done: progress.is_done() });
            }
            match self.step(&reindex, Part { number: part, of: reindex.parts }, &mut progress).await {
                // Whoever gives a reindex up removes its index: the worker finds out by whatever it does next.
                Err(KeeperError::Index(error)) => {
                    let held = Lease::held::<Reindex>(owner, self.pages.table(), KEY, Timestamp::now()).await?;
                    let goes_on = held.is_some_and(|(_, now)| now.run == reindex.run && now.is_under_way());
                    return Err(if goes_on { error.into() } else { KeeperError::Overtaken(KEY) });
                }
                stepped => stepped?,
            }
            self.keep(part, &progress).await?;
        }
    }

    async fn step(&self, reindex: &Reindex, part: Part, progress: &mut Progress) -> Result<(), KeeperError> {
        match &mut progress.walk {
            Walk::Filling { after } => {
                let slice = self.pages.scan(part, after.as_deref(), ITEMS_PER_STEP).await?;
                let actions: Vec<_> = slice.pages.iter().map(ProductPage::action).collect();
                // An index that was searched before has most of it.
                let same = if reindex.restores { SameVersion::Keeps } else { SameVersion::Replaces };
                // What is refused is missing when it is compared, and counted there.
                self.index.write_to(&reindex.index, &actions, same).await?;
                progress.pages += slice.pages.len() as u64;
                progress.walk = match slice.next {
                    Some(last) => Walk::Filling { after: Some(last) },
                    None => Walk::Done(Counts::default()),
                };
            }
            Walk::Comparing(comparison) => {
                self.compare_on(comparison).await?;
                if comparison.is_done() {
                    progress.walk = Walk::Done(comparison.counts.clone());
                }
            }
            Walk::Done(_) => {}
        }
        Ok(())
    }

    /// How far a part has come with what is to be done now.
    async fn progress_of(&self, reindex: &Reindex, stage: Stage, part: u32) -> Result<Progress, KeeperError> {
        let of = Part { number: part, of: reindex.parts };
        Ok(match self.stored(reindex, part).await? {
            Some(progress) if progress.stage == stage => progress,
            before => Progress::begin(reindex, stage, of, before.map_or(0, |before| before.pages)),
        })
    }

    async fn stored(&self, reindex: &Reindex, part: u32) -> Result<Option<Progress>, KeeperError> {
        let stored: Option<Stored> = self.pages.table().get(&[("pk", &key(part))]).await?;
        // What a worker of another program wrote otherwise is none.
        let progress = stored.and_then(|stored| serde_json::from_str::<Progress>(&stored.progress).ok());
        Ok(progress.filter(|progress| progress.run == reindex.run))
    }

    async fn keep(&self, part: u32, progress: &Progress) -> Result<(), KeeperError> {
        let progress = serde_json::to_string(progress).map_err(StoreError::corrupt)?;
        Ok(self.pages.table().put(&Stored { pk: key(part), progress }).await?)
    }

    pub(super) async fn worked(&self, reindex: &Reindex) -> Result<Worked, KeeperError> {
        let mut worked = Worked { parts: u64::from(reindex.parts), ..Worked::default() };
        for part in 0..reindex.parts {
            let Some(progress) = self.stored(reindex, part).await? else { continue };
            worked.pages += progress.pages;
            if reindex.stage().is_none_or(|stage| stage == progress.stage)
                && let Walk::Done(counts) = &progress.walk
            {
                worked.parts_done += 1;
                worked.counts.add(counts);
            }
        }
        Ok(worked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_are_all_there_is_and_none_twice() {
        let ranges: Vec<_> = (0..7).map(|number| Part { number, of: 7 }.marks()).collect();
        assert_eq!((ranges[0].start, ranges[6].end), (0, 1 << 32));
        assert!(ranges.windows(2).all(|pair| pair[0].end == pair[1].start && pair[0].start < pair[0].end));
        assert_eq!(Part::WHOLE.marks(), 0..1 << 32);
    }
}
