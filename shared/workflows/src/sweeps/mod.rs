//! What all sweepers do: find every candidate in the shards of a sparse index, and process as many of
//! them as one run may.
//!
//! A run keeps nothing for the next one and begins somewhere else each time among what it found. So however many
//! candidates can never be settled, each of the others is processed with the same probability in every run, and a run
//! that died is made up for by any later one. Shards are read side by side, and several candidates are processed at once:
//! `docs/background.md` says how many a second that is, and how many there may be.

pub mod arrivals;
pub mod authorizations;
pub mod deliveries;
pub mod flash_sales;
pub mod orders;
pub mod refunds;
pub mod reservations;
pub mod shipments;

use std::{collections::BTreeMap, fmt::Display, time::Duration};

use futures_util::{StreamExt as _, future::join_all, stream::FuturesUnordered};
use jiff::Timestamp;
use serde::Serialize;
use souk_dynamo::{Item, Page, StoreError};
use souk_wiring::metrics;
use tokio::time::Instant;

use crate::Failure;

/// For each candidate that a run may process it holds so many, so that it can begin anywhere among them.
const HELD_FOR_EACH: usize = 10;

/// How much one run may do.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget {
    /// Candidates that it processes, and a tenth of those that it holds in memory.
    pub(super) candidates: usize,
    /// How many it processes at once.
    pub(super) at_once: usize,
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

impl Report {
    /// What the run knows that it has left: a shard that could not be read to its end has one more at least.
    fn behind(&self) -> usize {
        self.left + self.unread_shards
    }
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
    let shards = B::shards();
    let most = (budget.candidates * HELD_FOR_EACH).div_ceil(shards.len().max(1));
    let read = join_all(shards.iter().map(|shard| read(backlog, shard, now, most, begun))).await;
    let mut report = Report { unread_shards: read.iter().filter(|(_, end)| end.is_err()).count(), ..Report::default() };
    let mut found = Vec::new();
    let mut failure = None;
    for (items, end) in read {
        found.extend(items);
        failure = failure.or(end.err().flatten());
    }
    if let Some(error) = failure.filter(|_| report.unread_shards == shards.len()) {
        return Err(error.into());
    }
    report.found = found.len();
    begin_anywhere(&mut found);
    report.left = found.len();
    let (mut waiting, mut running) = (found.into_iter().take(budget.candidates), FuturesUnordered::new());
    loop {
        while running.len() < budget.at_once && begun.elapsed() <= budget.within {
            let Some(candidate) = waiting.next() else { break };
            running.push(process(backlog, candidate, now));
        }
        let Some((candidate, result)) = running.next().await else { break };
        report.left -= 1;
        match result {
            Ok(outcome) => *report.done.entry(outcome).or_default() += 1,
            Err(error) => {
                report.failed += 1;
                tracing::error!(%candidate, %error, "what was left behind could not be finished");
            }
        }
    }
    metrics::left(report.behind());
    Ok(report)
}

async fn process<B: Backlog>(
    backlog: &B,
    candidate: B::Candidate,
    now: Timestamp,
) -> (B::Candidate, Result<&'static str, Failure>) {
    let result = backlog.process(&candidate, now).await;
    (candidate, result)
}

/// A shard's candidates, the oldest first, and why not all of them: their number, the time, or the store.
async fn read<B: Backlog>(
    backlog: &B,
    shard: &str,
    now: Timestamp,
    most: usize,
    begun: Instant,
) -> (Vec<B::Candidate>, Result<(), Option<StoreError>>) {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        if begun.elapsed() > B::BUDGET.within / 2 || found.len() >= most {
            return (found, Err(None));
        }
        match backlog.page(shard, now, after).await {
            Ok(Page { items, next }) => {
                found.extend(items);
                if next.is_none() {
                    return (found, Ok(()));
                }
                after = next;
            }
            Err(error) => {
                tracing::error!(shard, %error, "a shard could not be read");
                return (found, Err(Some(error)));
            }
        }
    }
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
        const BUDGET: Budget = Budget { candidates: 50, at_once: 1, within: Duration::from_secs(40) };
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

    /// After an outage of an hour at 140 orders a second; a start of the saga takes 20 ms.
    struct Outage(std::sync::atomic::AtomicUsize);

    impl Backlog for Outage {
        const BUDGET: Budget = super::orders::BUDGET;
        type Candidate = usize;

        fn shards() -> Vec<String> {
            (0..16).map(|shard| shard.to_string()).collect()
        }

        async fn page(&self, _: &str, _: Timestamp, after: Option<Item>) -> Result<Page<usize>, StoreError> {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let page = after.map_or(0, |key| key["page"].as_n().unwrap().parse().unwrap());
            let next = (page < 2).then(|| Item::from([("page".to_owned(), souk_dynamo::n(page + 1))]));
            Ok(Page { items: (0..10_500).collect(), next })
        }

        async fn process(&self, _: &usize, _: Timestamp) -> Result<&'static str, Failure> {
            tokio::time::sleep(Duration::from_millis(20)).await;
            self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            Ok("started")
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_hour_of_140_orders_a_second_is_taken_up_within_ten_runs() {
        let (outage, begun) = (Outage(0.into()), Instant::now());
        let report = sweep(&outage, Timestamp::UNIX_EPOCH).await.unwrap();
        let started = outage.0.into_inner();
        assert_eq!((report.found, report.found - report.left), (16 * 3 * 10_500, started));
        assert!(started * 10 > report.found, "{started} of {}", report.found);
        // Ten such runs take ten minutes: the alarm on what is left waits for an hour.
        assert_eq!(report.behind(), report.left + report.unread_shards);
        assert!(report.behind() > 0);
        assert!(begun.elapsed() < Duration::from_secs(41));
    }

    #[tokio::test(start_paused = true)]
    async fn a_run_begins_nothing_more_once_its_time_is_over() {
        let report = sweep(&Trouble { seconds_each: 9 }, Timestamp::UNIX_EPOCH).await.unwrap();
        assert_eq!(report.found - report.left, 5);
    }
}
