use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Cohort, Position};

/// How long after a window has closed its shoppers can be counted: joins under way have been written.
pub const COUNT_DELAY: Duration = Duration::from_millis(1500);

const COUNT_DELAY_MS: i64 = 1_500;

/// True where a cohort has closed and everyone in it can be counted.
pub fn countable(cohort: Cohort, opens_at: Timestamp, now: Timestamp) -> bool {
    now.as_millisecond() >= countable_at_ms(cohort, opens_at)
}

pub(super) fn countable_at_ms(cohort: Cohort, opens_at: Timestamp) -> i64 {
    cohort.closes_at_ms(opens_at) + COUNT_DELAY_MS
}

/// How many shoppers of each cohort are present, as far as they are counted. A cohort that is not here
/// is not counted yet: T does not enter it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Vec<(Cohort, u64)>", into = "Vec<(Cohort, u64)>")]
pub struct WindowCounts(BTreeMap<Cohort, u64>);

impl WindowCounts {
    /// Records the count of a cohort.
    pub fn insert(&mut self, cohort: Cohort, shoppers: u64) {
        self.0.insert(cohort, shoppers);
    }

    /// The count of a cohort.
    pub fn get(&self, cohort: Cohort) -> Option<u64> {
        self.0.get(&cohort).copied()
    }

    /// Forgets the cohorts that T has left behind.
    pub fn forget_before(&mut self, cohort: Cohort) {
        self.0 = self.0.split_off(&cohort);
    }

    /// The next cohort to be counted: the one after the last that is. The pace's own cohort must not
    /// have been forgotten.
    pub fn next(&self) -> Cohort {
        self.0.last_key_value().map_or(Cohort::BEFORE_OPENING, |(last, _)| last.next())
    }

    /// The cohorts from the one of a position to the one of another, with their counts.
    pub(super) fn range(&self, from: Position, to: Position) -> impl Iterator<Item = (Cohort, u64)> {
        // A range that ends before it begins is a panic in the map, and simply empty here.
        let range = from.cohort()..=to.cohort().max(from.cohort());
        self.0.range(range).map(|(cohort, shoppers)| (*cohort, *shoppers))
    }

    /// How many are counted in all cohorts that are not forgotten.
    pub fn total(&self) -> u64 {
        self.0.values().fold(0, |sum: u64, shoppers| sum.saturating_add(*shoppers))
    }

    /// About how many shoppers stand from one position up to another.
    pub fn between(&self, from: Position, to: Position) -> u64 {
        self.range(from, to).fold(0, |sum: u64, (cohort, shoppers)| {
            let part = cohort.start().max(from).until(cohort.end().min(to));
            let shoppers = (u128::from(part) * u128::from(shoppers)) >> 32;
            sum.saturating_add(u64::try_from(shoppers).unwrap_or(u64::MAX))
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn at(cohort: u32, fraction: u32) -> Position {
        Position::new(Cohort::new(cohort), fraction)
    }

    #[test]
    fn a_cohort_is_countable_when_joins_under_way_at_its_closing_are_written() {
        let opens_at = Timestamp::from_second(1_800_000_000).unwrap();
        let after = |ms: i64| Timestamp::from_millisecond(opens_at.as_millisecond() + ms).unwrap();
        for (cohort, ms) in [(0, 1_500), (1, 6_500), (7, 36_500)] {
            assert!(!countable(Cohort::new(cohort), opens_at, after(ms - 1)), "{cohort}");
            assert!(countable(Cohort::new(cohort), opens_at, after(ms)), "{cohort}");
        }
    }

    #[test]
    fn shoppers_between_two_positions_are_those_of_the_parts_of_their_cohorts() {
        let counts = WindowCounts::from(vec![(Cohort::new(0), 1000), (Cohort::new(1), 100), (Cohort::new(3), 10)]);
        let half = 1 << 31;
        assert_eq!(counts.total(), 1110);
        for (from, to, shoppers) in [
            (at(0, 0), at(0, half), 500),
            (at(0, half), at(1, half), 550),
            (at(0, 0), at(4, 0), 1110),
            (at(1, half), at(3, half), 55),
            (at(2, 0), at(3, 0), 0),
            (at(0, half), at(0, half), 0),
            (at(1, 0), at(0, 0), 0),
        ] {
            assert_eq!(counts.between(from, to), shoppers, "{from} to {to}");
        }
    }

    #[test]
    fn cohorts_are_counted_one_after_the_other_and_forgotten_once_passed() {
        let mut counts = WindowCounts::default();
        assert_eq!(counts.next(), Cohort::BEFORE_OPENING);
        for number in 0..4 {
            assert_eq!(counts.next(), Cohort::new(number));
            counts.insert(counts.next(), u64::from(number) * 10);
        }
        counts.forget_before(Cohort::new(2));
        assert_eq!([1, 2, 3, 4].map(|number| counts.get(Cohort::new(number))), [None, Some(20), Some(30), None]);
        assert_eq!(counts.next(), Cohort::new(4));
    }

    #[test]
    fn they_are_stored_as_pairs() {
        let counts = WindowCounts::from(vec![(Cohort::new(4), 7), (Cohort::new(3), 9)]);
        let stored = serde_json::to_value(&counts).unwrap();
        assert_eq!(stored, serde_json::json!([[3, 9], [4, 7]]));
        assert_eq!(serde_json::from_value::<WindowCounts>(stored).unwrap(), counts);
    }
}
