use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Position, polling::opening_spread};

/// How old a reader's copy of the pace may be.
pub const STALE_READERS: Duration = Duration::from_secs(1);

const STALE_READERS_MS: i64 = 1_000;

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
        if now_ms <= self.at_ms {
            return self.from;
        }
        let (gone, whole) = (span(self.at_ms, now_ms), span(self.at_ms, self.until_ms));
        self.from.plus(narrow(u128::from(self.from.until(self.to)) * gone / whole))
    }

    /// The piece that ends where this one is at a time. Rounded up: at every millisecond until then it is
    /// no less far.
    fn cut(&self, stop_ms: i64) -> Self {
        let stop_ms = stop_ms.max(self.at_ms);
        if stop_ms >= self.until_ms {
            return *self;
        }
        let (gone, whole) = (span(self.at_ms, stop_ms), span(self.at_ms, self.until_ms));
        let distance = narrow((u128::from(self.from.until(self.to)) * gone).div_ceil(whole));
        Self { until_ms: stop_ms, to: self.from.plus(distance), ..*self }
    }

    /// The first millisecond at which the threshold is past a position.
    pub(super) fn passes(&self, position: Position) -> Option<i64> {
        if position >= self.to {
            return None;
        }
        if position < self.from {
            return Some(self.at_ms);
        }
        let steps = u128::from(self.from.until(position)) + 1;
        let gone = (steps * span(self.at_ms, self.until_ms)).div_ceil(u128::from(self.from.until(self.to)));
        Some(self.at_ms.saturating_add_unsigned(narrow(gone)))
    }
}

/// Milliseconds from one time to a later one.
fn span(from_ms: i64, to_ms: i64) -> u128 {
    u128::try_from(i128::from(to_ms) - i128::from(from_ms)).unwrap_or(0)
}

fn narrow(number: u128) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// The way of the threshold T: a position before T(now) is admitted. It is known some seconds ahead, so
/// that no reader has to ask for it more than once a second, and it ends there: when the conductor
/// dies, T stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pace(Vec<Segment>);

impl Pace {
    /// The pace of a sale that opens now: T stands until all who wait have been told their positions.
    /// Nobody knows theirs before the opening, and millions cannot ask at once: if T moved meanwhile, it
    /// would favour those who happen to ask early, or who ask all the time against what they are told.
    pub fn opening(now: Timestamp, expected_shoppers: u32) -> Self {
        let at_ms = now.as_millisecond();
        let until_ms = at_ms.saturating_add_unsigned(narrow(opening_spread(expected_shoppers).as_millis()));
        Self(vec![Segment { at_ms, from: Position::FIRST, until_ms, to: Position::FIRST }])
    }

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
        let stop_ms = now.as_millisecond() + STALE_READERS_MS;
        // The first piece says where T stands until it begins: without it T would start again.
        let later = self.0.iter().skip(1).filter(|segment| segment.at_ms <= stop_ms);
        Self(self.0.first().into_iter().chain(later).map(|segment| segment.cut(stop_ms)).collect())
    }

    /// When and where it can go on from: at its end, but not in the past.
    pub(super) fn end_from(&self, now: Timestamp) -> (i64, Position) {
        let now_ms = now.as_millisecond();
        self.0.last().map_or((now_ms, Position::FIRST), |last| (last.until_ms.max(now_ms), last.to))
    }
}

impl From<Vec<Segment>> for Pace {
    fn from(segments: Vec<Segment>) -> Self {
        Self(segments)
    }
}
