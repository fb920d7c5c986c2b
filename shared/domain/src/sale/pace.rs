use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Position;

/// How old a reader's copy of the pace may be.
pub const STALE_READERS: Duration = Duration::from_secs(1);

/// A piece of the threshold's way: from one position to another, at an even speed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// When it begins (milliseconds of the epoch).
    pub at_ms: i64,
    /// Where it begins.
    pub from: Position,
    /// When it ends (milliseconds of the epoch).
    pub until_ms: i64,
    /// Where it ends.
    pub to: Position,
}

impl Segment {
    fn threshold(&self, now_ms: i64) -> Position {
        if now_ms >= self.until_ms {
            return self.to;
        }
        let (elapsed, whole) = (now_ms.saturating_sub(self.at_ms).max(0), self.until_ms - self.at_ms);
        self.from.plus(scaled(self.from.until(self.to), elapsed, whole))
    }

    /// The first millisecond at which the threshold is past a position.
    pub(super) fn passes(&self, position: Position) -> Option<i64> {
        if position >= self.to {
            return None;
        }
        if position < self.from {
            return Some(self.at_ms);
        }
        let whole = u128::try_from(self.until_ms - self.at_ms).unwrap_or(0);
        let steps = u128::from(self.from.until(position)) + 1;
        let elapsed = (steps * whole).div_ceil(u128::from(self.from.until(self.to)));
        Some(self.at_ms.saturating_add(i64::try_from(elapsed).unwrap_or(i64::MAX)))
    }
}

/// distance × elapsed / whole, rounded down.
fn scaled(distance: u64, elapsed: i64, whole: i64) -> u64 {
    let wide = |number: i64| u128::try_from(number).unwrap_or(0);
    u64::try_from(u128::from(distance) * wide(elapsed) / wide(whole).max(1)).unwrap_or(u64::MAX)
}

/// The way of the threshold T: a position before T(now) is admitted. It is known some seconds ahead, so
/// that no reader has to ask for it more than once a second, and it ends there: when the conductor
/// dies, T stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pace(Vec<Segment>);

impl Pace {
    /// T(now): the first position that is not admitted yet.
    pub fn threshold(&self, now: Timestamp) -> Position {
        let now_ms = now.as_millisecond();
        let begun = self.0.iter().rev().find(|segment| segment.at_ms <= now_ms).or(self.0.first());
        begun.map_or(Position::FIRST, |segment| segment.threshold(now_ms))
    }

    /// True where this position is admitted now.
    pub fn admits(&self, position: Position, now: Timestamp) -> bool {
        position < self.threshold(now)
    }

    /// Its pieces, oldest first.
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// Where T will stand when nobody moves it on.
    pub fn end(&self) -> Position {
        self.0.last().map_or(Position::FIRST, |segment| segment.to)
    }

    /// The pace of a sale that is paused now: T stands where it is in [`STALE_READERS`], so that no reader
    /// ever sees it go back. (Readers of the new status admit nobody at once.)
    pub fn stopped(&self, now: Timestamp) -> Self {
        let stop_ms = now.as_millisecond() + i64::try_from(STALE_READERS.as_millis()).unwrap_or(0);
        let until_stop = |segment: &Segment| {
            let mut cut = *segment;
            if stop_ms < segment.until_ms {
                (cut.until_ms, cut.to) = (stop_ms, segment.threshold(stop_ms));
            }
            cut
        };
        Self(self.0.iter().filter(|segment| segment.at_ms <= stop_ms).map(until_stop).collect())
    }

    pub(super) fn from_segments(segments: Vec<Segment>) -> Self {
        Self(segments)
    }
}
