use std::time::Duration;

use jiff::Timestamp;

use super::{Conditions, Pace, Position, windows::countable_at_ms};

/// Where a shopper stands in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The shopper's position.
    pub position: Position,
    /// About how many present shoppers are before them.
    pub ahead: u64,
    /// About how long it takes until they are admitted.
    pub wait: Duration,
}

impl Pace {
    /// Where a shopper stands. The wait is an estimate: it takes the sale to go on as it does now, and
    /// cohorts that are not counted yet to be empty.
    pub fn standing(&self, position: Position, conditions: &Conditions<'_>, now: Timestamp) -> Standing {
        let wait_ms = self.passes_at_ms(position, conditions, now).saturating_sub(now.as_millisecond());
        Standing {
            position,
            ahead: conditions.counts.between(self.threshold(now), position),
            wait: Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0)),
        }
    }

    /// When T is past a position: read from the pieces, and beyond them reckoned cohort by cohort.
    fn passes_at_ms(&self, position: Position, conditions: &Conditions<'_>, now: Timestamp) -> i64 {
        if let Some(at_ms) = self.segments().iter().find_map(|segment| segment.passes(position)) {
            return at_ms;
        }
        let (mut at_ms, mut from) = self.end_from(now);
        for (cohort, shoppers) in conditions.counts.range(from, position) {
            let to = cohort.end().min(position.plus(1));
            let distance = cohort.start().max(from).until(to);
            let enters_at_ms = at_ms.max(countable_at_ms(cohort, conditions.opens_at));
            at_ms = enters_at_ms.saturating_add(conditions.time_for(distance, shoppers));
            from = to;
        }
        at_ms.max(countable_at_ms(position.cohort(), conditions.opens_at))
    }
}
