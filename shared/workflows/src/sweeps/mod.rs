//! What all sweepers do: find every candidate in the shards of a sparse index, and process as many of
//! them as one run may.
//!
//! A run keeps nothing for the next one and begins somewhere else each time, with the shards and among
//! what it found. So however many candidates can never be settled, each of the others is processed with
//! the same probability in every run, and a run that died is made up for by any later one.

pub mod arrivals;
pub mod authorizations;
pub mod deliveries;
pub mod flash_sales;
pub mod orders;
pub mod refunds;
pub mod reservations;
pub mod shipments;

use std::{collections::BTreeMap, fmt::Display, time::Duration};

use jiff::Timestamp;
use serde::Serialize;
use souk_dynamo::{Item, Page, StoreError};
use tokio::time::Instant;

use crate::Failure;

/// How much one run may do.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget {
    /// Candidates that it processes.
    pub(super) candidates: usize,
    /// The time after which it begins with no more; half of it is for finding them. Its function may run
    /// longer, by as much as one candidate may need.
    pub(super) within: Duration,
}

/// What a run did.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Candidates that were found.
    found: usize,
    /// How those ended that were processed.
    done: BTreeMap<&'static str, usize>,
    /// Those that could not be finished; a later run tries again.
    failed: usize,
    /// Those that this run had no time for.
    left: usize,
    /// Shards of which not all could be read.
    unread_shards: usize,
}

/// A sparse index of what may have been left behind.
pub(super) trait Backlog: Sync {
    /// What one run may do.
    const BUDGET: Budget;

    /// The id of what may have been left behind.
    type Candidate: Display + Send + Sync;

    /// The index's partitions.
    fn shards() -> Vec<String>;

    /// A page of a shard's candidates at this time.
    fn page(
        &self,
        shard: &str,
        now: Timestamp,
        after: Option<Item>,
    ) -> impl Future<Output = Result<Page<Self::Candidate>, StoreError>> + Send;

    /// Processes one, or finds that there is nothing to do; says in a word which.
    fn process(
        &self,
        candidate: &Self::Candidate,
        now: Timestamp,
    ) -> impl Future<Output = Result<&'static str, Failure>> + Send;
}

/// Goes through all shards, then through what was found there; one failure does not stop the others.
///
/// # Errors
/// Where not one of the shards could be read.
pub(super) async fn sweep<B: Backlog>(backlog: &B, now: Timestamp) -> Result<Report, Failure> {
    let budget = B::BUDGET;
    let begun = Instant::now();
    let mut report = Report::default();
    let mut shards = B::shards();
    begin_anywhere(&mut shards);
    let mut found = Vec::new();
    let mut failure = None;
    for shard in &shards {
        let mut after = None;
        loop {
            if begun.elapsed() > budget.within / 2 {
                report.unread_shards += 1;
                break;
            }
            match backlog.page(shard, now, after).await {
                Ok(page) => {
                    found.extend(page.items);
                    after = page.next;
                    if after.is_none() {
                        break;
                    }
                }
                Err(error) => {
                    tracing::error!(shard, %error, "a shard could not be read");
                    report.unread_shards += 1;
                    failure = Some(error);
                    break;
                }
            }
        }
    }
    if let Some(error) = failure.filter(|_| report.unread_shards == shards.len()) {
        return Err(error.into());
    }
    report.found = found.len();
    begin_anywhere(&mut found);
    for (index, candidate) in found.iter().enumerate() {
        if index == budget.candidates || begun.elapsed() > budget.within {
            report.left = found.len() - index;
            break;
        }
        match backlog.process(candidate, now).await {
            Ok(outcome) => *report.done.entry(outcome).or_default() += 1,
            Err(error) => {
                report.failed += 1;
                tracing::error!(%candidate, %error, "what was left behind could not be finished");
            }
        }
    }
    Ok(report)
}

fn begin_anywhere<T>(list: &mut [T]) {
    if !list.is_empty() {
        list.rotate_left(fastrand::usize(..list.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A shard that cannot be read, and one whose 200 oldest candidates nothing can finish.
    #[derive(Default)]
    struct Trouble {
        seconds_each: u64,
    }

    const STUCK: usize = 200;
    const PAGE: usize = 30;

    impl Backlog for Trouble {
        const BUDGET: Budget = Budget { candidates: 50, within: Duration::from_secs(40) };
        type Candidate = usize;

        fn shards() -> Vec<String> {
            vec!["unreadable".to_owned(), "stuck".to_owned()]
        }

        async fn page(&self, shard: &str, _: Timestamp, after: Option<Item>) -> Result<Page<usize>, StoreError> {
            if shard == "unreadable" {
                return Err(StoreError::Busy("throttled".to_owned()));
            }
            let from = after.map_or(0, |key| key["at"].as_n().unwrap().parse().unwrap());
            let to = (from + PAGE).min(STUCK + 1);
            let next = (to <= STUCK).then(|| Item::from([("at".to_owned(), souk_dynamo::n(to))]));
            Ok(Page { items: (from..to).collect(), next })
        }

        async fn process(&self, candidate: &usize, _: Timestamp) -> Result<&'static str, Failure> {
            tokio::time::sleep(Duration::from_secs(self.seconds_each)).await;
            if *candidate == STUCK { Ok("settled") } else { Err("stuck for ever".into()) }
        }
    }

    #[tokio::test]
    async fn what_is_stuck_for_ever_does_not_starve_a_younger_one_and_a_run_is_bounded() {
        fastrand::seed(1);
        for _ in 0..100 {
            let report = sweep(&Trouble::default(), Timestamp::UNIX_EPOCH).await.unwrap();
            let settled = report.done.get("settled").copied().unwrap_or_default();
            let wanted =
                Report { found: 201, failed: 50 - settled, left: 151, unread_shards: 1, done: report.done.clone() };
            assert_eq!(report, wanted);
            if settled == 1 {
                return;
            }
        }
        panic!("never swept");
    }

    #[tokio::test(start_paused = true)]
    async fn a_run_begins_nothing_more_once_its_time_is_over() {
        let report = sweep(&Trouble { seconds_each: 9 }, Timestamp::UNIX_EPOCH).await.unwrap();
        assert_eq!(report.found - report.left, 5);
    }
}
