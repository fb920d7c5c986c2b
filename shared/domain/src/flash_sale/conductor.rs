//! The step of the one conductor who moves the threshold.

use std::time::Duration;

use jiff::Timestamp;

use super::{FlashSaleStatus, Pace, Segment, WindowCounts, countable};

/// How far ahead the pace is laid out: so long T goes on without a conductor, and so long a new rate
/// takes to show.
pub const HORIZON: Duration = Duration::from_secs(3);
/// The most pieces of a pace: it stays small in the item that all read. Where many almost empty
/// cohorts wait, it ends before its horizon.
pub const MAX_SEGMENTS: usize = 16;

const HORIZON_MS: i64 = 3_000;
/// So long a piece is kept after its end, for readers whose clocks are behind.
const CLOCK_SKEW_MS: i64 = 2_000;

/// What the pace depends on. Nothing here says who used their admission: what shoppers do once they are
/// admitted, or leave undone, holds nobody up.
#[derive(Debug, Clone, Copy)]
pub struct Conditions<'a> {
    /// Where the sale stands.
    pub status: FlashSaleStatus,
    /// When it opened.
    pub opens_at: Timestamp,
    /// How many present shoppers are to be admitted per second.
    pub rate: u32,
    /// How many there are.
    pub counts: &'a WindowCounts,
}

impl Conditions<'_> {
    /// Milliseconds in which T goes this far in a cohort of so many shoppers; rounded up, so that the
    /// rate is never exceeded.
    pub(super) fn time_for(&self, distance: u64, shoppers: u64) -> i64 {
        let time = (u128::from(distance) * u128::from(shoppers) * 1000).div_ceil(u128::from(self.rate.max(1)) << 32);
        i64::try_from(time).unwrap_or(i64::MAX)
    }

    /// How far T goes in this many milliseconds in a cohort of so many shoppers; rounded down.
    fn distance_in(&self, ms: i64, shoppers: u64) -> u64 {
        let admitted = (u128::from(ms.unsigned_abs()) * u128::from(self.rate)) << 32;
        u64::try_from(admitted / (u128::from(shoppers.max(1)) * 1000)).unwrap_or(u64::MAX)
    }
}

impl Pace {
    /// The conductor's step: what is laid out already stays, so T is monotone however often or late the
    /// step is made, and by however many; pieces are added up to the [`HORIZON`]. T moves so that `rate`
    /// present shoppers per second pass, skips cohorts without any, and waits before a cohort that is
    /// still open or not counted. In a sale that is not open nothing is added.
    #[must_use]
    pub fn conducted(&self, conditions: &Conditions<'_>, now: Timestamp) -> Self {
        if conditions.status != FlashSaleStatus::Open {
            return self.clone();
        }
        let now_ms = now.as_millisecond();
        let live = self.segments().iter().filter(|segment| segment.until_ms > now_ms).count();
        let added = self.continuation(conditions, now, MAX_SEGMENTS.saturating_sub(live));
        let mut segments: Vec<_> = self.segments().iter().copied().chain(added).collect();
        let past = segments.iter().rev().skip(1).filter(|segment| segment.until_ms <= now_ms - CLOCK_SKEW_MS).count();
        segments.drain(..past.max(segments.len().saturating_sub(MAX_SEGMENTS)));
        Self::from(segments)
    }

    /// What comes after the last piece: at most so many more.
    fn continuation(&self, conditions: &Conditions<'_>, now: Timestamp, most: usize) -> Vec<Segment> {
        let horizon_ms = now.as_millisecond() + HORIZON_MS;
        let (mut at_ms, mut from) = self.end_from(now);
        let mut added = Vec::new();
        while added.len() < most && at_ms < horizon_ms && countable(from.cohort(), conditions.opens_at, now) {
            let Some(shoppers) = conditions.counts.get(from.cohort()) else { break };
            let end = from.cohort().end();
            if shoppers == 0 {
                from = end;
                continue;
            }
            let left = from.until(end);
            let end_ms = at_ms.saturating_add(conditions.time_for(left, shoppers));
            let until_ms = end_ms.min(horizon_ms);
            let distance = if end_ms == until_ms { left } else { conditions.distance_in(until_ms - at_ms, shoppers) };
            if distance == 0 {
                break;
            }
            let segment = Segment { at_ms, from, until_ms, to: from.plus(distance) };
            added.push(segment);
            (at_ms, from) = (segment.until_ms, segment.to);
        }
        if added.last().map_or(self.end(), |last| last.to) < from {
            added.push(Segment { at_ms, from, until_ms: at_ms, to: from });
        }
        added
    }
}
