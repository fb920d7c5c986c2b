//! The step of the one conductor who moves the threshold, and what it means for a waiting shopper.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Cohort, Pace, Position, SaleStatus, Segment};

/// How far ahead the pace is laid out: so long T goes on without a conductor.
pub const HORIZON: Duration = Duration::from_secs(3);
/// How long after a window has closed its shoppers can be counted: joins under way have been written.
pub const COUNT_DELAY: Duration = Duration::from_millis(1500);
/// The most pieces of a pace: it stays small in the item that all read. When many almost empty windows
/// wait, it ends before its horizon.
pub const MAX_SEGMENTS: usize = 16;

const HORIZON_MS: i64 = 3_000;
const COUNT_DELAY_MS: i64 = 1_500;
/// So long a piece is kept after its end, for readers whose clocks are behind.
const CLOCK_SKEW_MS: i64 = 2_000;

/// How many shoppers of each window are present, as far as they are counted. A window that is not here
/// is not counted yet: T does not enter it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Vec<(Cohort, u64)>", into = "Vec<(Cohort, u64)>")]
pub struct WindowCounts(BTreeMap<Cohort, u64>);

impl WindowCounts {
    /// Records the count of a window.
    pub fn insert(&mut self, cohort: Cohort, shoppers: u64) {
        self.0.insert(cohort, shoppers);
    }

    /// The count of a window.
    pub fn get(&self, cohort: Cohort) -> Option<u64> {
        self.0.get(&cohort).copied()
    }

    /// Forgets the windows that T has left behind.
    pub fn forget_before(&mut self, cohort: Cohort) {
        self.0 = self.0.split_off(&cohort);
    }

    /// The next window to be counted: the one after the last that is.
    pub fn next(&self) -> Cohort {
        self.0.last_key_value().map_or(Cohort::BEFORE_OPENING, |(last, _)| Cohort::new(last.number().saturating_add(1)))
    }
}

impl From<Vec<(Cohort, u64)>> for WindowCounts {
    fn from(counts: Vec<(Cohort, u64)>) -> Self {
        Self(counts.into_iter().collect())
    }
}

impl From<WindowCounts> for Vec<(Cohort, u64)> {
    fn from(counts: WindowCounts) -> Self {
        counts.0.into_iter().collect()
    }
}

/// True where a window is closed and everyone in it can be counted.
pub fn countable(cohort: Cohort, opens_at: Timestamp, now: Timestamp) -> bool {
    now.as_millisecond() >= ready_at_ms(cohort, opens_at)
}

fn ready_at_ms(cohort: Cohort, opens_at: Timestamp) -> i64 {
    cohort.closes_at_ms(opens_at) + COUNT_DELAY_MS
}

/// What the pace depends on.
#[derive(Debug, Clone, Copy)]
pub struct Conditions<'a> {
    /// Where the sale stands.
    pub status: SaleStatus,
    /// When it opened.
    pub opens_at: Timestamp,
    /// How many present shoppers are to be admitted per second.
    pub rate: u32,
    /// How many there are.
    pub counts: &'a WindowCounts,
}

impl Conditions<'_> {
    /// Milliseconds in which T goes this far in a window of so many shoppers; rounded up, so that the
    /// rate is never exceeded.
    fn time_for(&self, distance: u64, shoppers: u64) -> i64 {
        let time = (u128::from(distance) * u128::from(shoppers) * 1000).div_ceil(u128::from(self.rate.max(1)) << 32);
        i64::try_from(time).unwrap_or(i64::MAX)
    }

    /// How far T goes in this many milliseconds in a window of so many shoppers; rounded down.
    fn distance_in(&self, ms: i64, shoppers: u64) -> u64 {
        let ms = u128::try_from(ms).unwrap_or(0);
        let distance = (ms * (u128::from(self.rate) << 32)) / (u128::from(shoppers.max(1)) * 1000);
        u64::try_from(distance).unwrap_or(u64::MAX)
    }
}

/// Where a shopper stands in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// His position.
    pub position: Position,
    /// About how many present shoppers are before him.
    pub ahead: u64,
    /// About how long it takes until he is admitted.
    pub wait: Duration,
}

impl Pace {
    /// The conductor's step: what is laid out already stays, so T is monotone however often, late or by
    /// how many the step is made; pieces are added up to the [`HORIZON`]. T moves so that `rate` present
    /// shoppers per second pass, skips windows without any, and waits before a window that is still
    /// open or not counted. In a sale that is not open nothing is added.
    #[must_use]
    pub fn conducted(&self, conditions: &Conditions<'_>, now: Timestamp) -> Self {
        if conditions.status != SaleStatus::Open {
            return self.clone();
        }
        let now_ms = now.as_millisecond();
        let live = self.segments().iter().filter(|segment| segment.until_ms > now_ms).count();
        let added = self.continuation(conditions, now, MAX_SEGMENTS.saturating_sub(live));
        let mut segments: Vec<_> = self.segments().iter().copied().chain(added).collect();
        let forgotten =
            segments.iter().rev().skip(1).filter(|segment| segment.until_ms <= now_ms - CLOCK_SKEW_MS).count();
        segments.drain(..forgotten.max(segments.len().saturating_sub(MAX_SEGMENTS)));
        Self::from_segments(segments)
    }

    /// What comes after the last piece.
    fn continuation(&self, conditions: &Conditions<'_>, now: Timestamp, most: usize) -> Vec<Segment> {
        let now_ms = now.as_millisecond();
        let horizon = now_ms + HORIZON_MS;
        let mut at_ms = self.segments().last().map_or(now_ms, |last| last.until_ms.max(now_ms));
        let mut from = self.end();
        let mut added = Vec::new();
        while added.len() < most && at_ms < horizon {
            let cohort = from.cohort();
            let Some(shoppers) = conditions.counts.get(cohort) else { break };
            if !countable(cohort, conditions.opens_at, now) {
                break;
            }
            if shoppers == 0 {
                from = cohort.end();
                continue;
            }
            let to_end = from.until(cohort.end());
            let needed = conditions.time_for(to_end, shoppers);
            let until_ms = at_ms.saturating_add(needed).min(horizon);
            let distance =
                if until_ms - at_ms == needed { to_end } else { conditions.distance_in(until_ms - at_ms, shoppers) };
            if distance == 0 {
                break;
            }
            let to = from.plus(distance);
            added.push(Segment { at_ms, from, until_ms, to });
            (at_ms, from) = (until_ms, to);
        }
        if added.last().map_or(self.end(), |last| last.to) < from {
            added.push(Segment { at_ms, from, until_ms: at_ms, to: from });
        }
        added
    }

    /// Where a shopper stands. The wait is an estimate: it takes the sale to go on as it does now, and
    /// windows that are not counted yet to be empty.
    pub fn standing(&self, position: Position, conditions: &Conditions<'_>, now: Timestamp) -> Standing {
        let reached = self.threshold(now);
        let wait_ms = self.passes_at_ms(position, conditions, now).saturating_sub(now.as_millisecond());
        Standing {
            position,
            ahead: conditions.counts.between(reached, position),
            wait: Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0)),
        }
    }

    /// When T is past a position: read from the pieces, and beyond them reckoned window by window.
    fn passes_at_ms(&self, position: Position, conditions: &Conditions<'_>, now: Timestamp) -> i64 {
        let now_ms = now.as_millisecond();
        if let Some(at_ms) = self.segments().iter().find_map(|segment| segment.passes(position)) {
            return at_ms;
        }
        let mut at_ms = self.segments().last().map_or(now_ms, |last| last.until_ms.max(now_ms));
        let mut from = self.end();
        for (cohort, shoppers) in conditions.counts.0.range(from.cohort()..=position.cohort()) {
            let to = cohort.end().min(position.plus(1));
            let ready_at_ms = ready_at_ms(*cohort, conditions.opens_at);
            at_ms = at_ms
                .max(ready_at_ms)
                .saturating_add(conditions.time_for(from.max(cohort.start()).until(to), *shoppers));
            from = to;
        }
        at_ms.max(ready_at_ms(position.cohort(), conditions.opens_at))
    }
}

impl WindowCounts {
    /// About how many shoppers stand from one position up to another.
    fn between(&self, from: Position, to: Position) -> u64 {
        if from >= to {
            return 0;
        }
        let windows = self.0.range(from.cohort()..=to.cohort());
        windows.fold(0, |sum: u64, (cohort, shoppers)| {
            let part = cohort.start().max(from).until(cohort.end().min(to));
            let shoppers = (u128::from(part) * u128::from(*shoppers)) >> 32;
            sum.saturating_add(u64::try_from(shoppers).unwrap_or(u64::MAX))
        })
    }
}
