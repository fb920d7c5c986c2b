use std::{fmt, time::Duration};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How long shoppers who join after the opening share a cohort.
pub const WINDOW: Duration = Duration::from_secs(5);

const WINDOW_MS: i64 = 5_000;

/// Shoppers among whom the lottery decides. Cohort 0 joined before the opening; then there is one for
/// every [`WINDOW`]. Cohorts come one after the other, so a latecomer never passes an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cohort(u32);

impl Cohort {
    /// Everyone who joined before the opening.
    pub const BEFORE_OPENING: Self = Self(0);

    /// The cohort of this number.
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// The cohort of a shopper who joined at this time.
    pub fn of(joined_at: Timestamp, opens_at: Timestamp) -> Self {
        let since = joined_at.as_millisecond() - opens_at.as_millisecond();
        if since < 0 {
            return Self::BEFORE_OPENING;
        }
        Self(u32::try_from(since / WINDOW_MS + 1).unwrap_or(u32::MAX))
    }

    /// Its number.
    pub fn number(self) -> u32 {
        self.0
    }

    /// The cohort after it.
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The moment from which nobody joins it any more.
    pub fn closes_at(self, opens_at: Timestamp) -> Timestamp {
        Timestamp::from_millisecond(self.closes_at_ms(opens_at)).unwrap_or(Timestamp::MAX)
    }

    pub(super) fn closes_at_ms(self, opens_at: Timestamp) -> i64 {
        opens_at.as_millisecond() + i64::from(self.0) * WINDOW_MS
    }

    /// Its first position.
    pub fn start(self) -> Position {
        Position::new(self, 0)
    }

    /// The first position of the next cohort.
    pub fn end(self) -> Position {
        self.start().plus(1 << 32)
    }
}

/// A place in the queue: the cohort, then a fraction that the lottery drew. Fixed point, so that all
/// machines compute the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Position(u64);

impl Position {
    /// Before everyone.
    pub const FIRST: Self = Self(0);

    /// A position in a cohort; the fraction counts 2^-32.
    pub const fn new(cohort: Cohort, fraction: u32) -> Self {
        Self((cohort.0 as u64) << 32 | fraction as u64)
    }

    /// Its cohort.
    pub fn cohort(self) -> Cohort {
        Cohort(u32::try_from(self.0 >> 32).unwrap_or(u32::MAX))
    }

    /// Its fraction of the cohort, counting 2^-32.
    pub fn fraction(self) -> u32 {
        u32::try_from(self.0 & 0xffff_ffff).unwrap_or(u32::MAX)
    }

    /// From here to a later position, counting 2^-32 of a cohort; nothing where that is not later.
    pub(super) fn until(self, later: Self) -> u64 {
        later.0.saturating_sub(self.0)
    }

    /// So far behind this one.
    pub(super) fn plus(self, distance: u64) -> Self {
        Self(self.0.saturating_add(distance))
    }
}

/// The cohort, and six digits of the fraction.
impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:06}", self.cohort().0, (u64::from(self.fraction()) * 1_000_000) >> 32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(1_800_000_000_000 + ms).unwrap()
    }

    #[test]
    fn everyone_before_the_opening_is_one_cohort_and_then_every_five_seconds() {
        for (ms, cohort) in [(-86_400_000, 0), (-1, 0), (0, 1), (4_999, 1), (5_000, 2), (9_999, 2), (60_000, 13)] {
            assert_eq!(Cohort::of(at(ms), at(0)).number(), cohort, "{ms}");
        }
        assert_eq!(Cohort::of(Timestamp::MAX, Timestamp::MIN), Cohort::new(u32::MAX));
        assert_eq!(Cohort::new(u32::MAX).next(), Cohort::new(u32::MAX));
    }

    #[test]
    fn nobody_joins_a_cohort_from_its_closing_on() {
        for number in [0, 1, 2, 13] {
            let closes_at = Cohort::new(number).closes_at(at(0));
            let before = Timestamp::from_millisecond(closes_at.as_millisecond() - 1).unwrap();
            assert_eq!(Cohort::of(before, at(0)), Cohort::new(number));
            assert_eq!(Cohort::of(closes_at, at(0)), Cohort::new(number).next());
        }
    }

    #[test]
    fn a_position_is_its_cohort_and_then_its_fraction() {
        let place = Position::new(Cohort::new(3), 1 << 30);
        assert_eq!((place.cohort().number(), place.fraction()), (3, 1 << 30));
        assert_eq!(place.to_string(), "3.250000");
        assert_eq!(Position::new(Cohort::new(0), 1 << 20).to_string(), "0.000244");
        assert!(Position::new(Cohort::new(3), u32::MAX) < Cohort::new(4).start());
        assert_eq!(Cohort::new(3).end(), Cohort::new(4).start());
        assert_eq!(Cohort::new(u32::MAX).end().cohort(), Cohort::new(u32::MAX));
        assert_eq!(serde_json::to_value(Cohort::new(1).start()).unwrap(), 4_294_967_296_u64);
    }

    #[test]
    fn distances_end_at_nothing() {
        let [near, far] = [5, 12].map(|fraction| Position::new(Cohort::new(1), fraction));
        assert_eq!((near.until(far), far.until(near)), (7, 0));
        assert_eq!(near.plus(7), far);
    }
}
