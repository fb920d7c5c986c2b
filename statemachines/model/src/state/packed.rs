//! The state in three words, for hashing, and in one order where orders are alike.

use std::hash::{Hash, Hasher};

use super::{Hold, Lane, State};
use crate::bounds::RUNS;

impl Lane {
    /// The lane in a word, in which no two lanes are alike.
    fn word(&self) -> u64 {
        let mut word = Word(0);
        match self.order {
            None => word.push(5, 31),
            Some(order) => {
                word.push(3, order.status as u8);
                word.push(1, order.unsettled.into());
                word.push(1, order.hold);
            }
        }
        word.push(4, self.record.map_or(15, |state| state as u8));
        word.push(1, self.known.into());
        word.push(4, self.intent as u8);
        word.push(1, self.was_held.into());
        word.push(2, self.refunds);
        word.push(5, self.in_flight.bits());
        word.push(3, self.starts);
        word.push(1, self.noted.into());
        word.push(1, self.refusal_kept.into());
        for run in self.runs {
            word.push(6, run.code());
        }
        word.0
    }
}

impl Hold {
    fn word(self) -> u64 {
        let mut word = Word(0);
        word.push(3, self.units as u8);
        word.push(2, self.order.unwrap_or(3));
        word.push(2, self.checkout as u8);
        word.0
    }
}

impl State {
    /// Two runs of one kind are alike, so which of them stands where does not matter.
    pub fn sort_runs(&mut self, lane: usize) {
        let (saga, shipping) = self.lanes[lane].runs.split_at_mut(RUNS);
        saga.sort_unstable_by_key(|run| run.code());
        shipping.sort_unstable_by_key(|run| run.code());
    }

    /// Two orders that each have their own checkout are alike, so which of them is first does not matter.
    pub fn sort_sides(&mut self) {
        // What a side says of itself differs from what the other says of itself: compare as if each were the first.
        let plain = |side: usize| {
            let mut lane = self.lanes[side];
            if let Some(order) = &mut lane.order {
                order.hold ^= u8::from(side == 1);
            }
            let mut hold = self.holds[side];
            hold.order = hold.order.map(|order| order ^ u8::from(side == 1));
            (lane.word(), hold.word())
        };
        if plain(0) <= plain(1) {
            return;
        }
        self.lanes.swap(0, 1);
        self.holds.swap(0, 1);
        for lane in &mut self.lanes {
            if let Some(order) = &mut lane.order {
                order.hold ^= 1;
            }
        }
        for hold in &mut self.holds {
            hold.order = hold.order.map(|order| order ^ 1);
        }
        self.marker = self.marker.map(|order| order ^ 1);
    }
}

impl Hash for State {
    /// Packed: hashing is most of the checker's work.
    fn hash<H: Hasher>(&self, state: &mut H) {
        let mut rest = Word(0);
        for number in [self.row.quantity, self.row.reserved, self.row.available] {
            rest.push(8, number.cast_unsigned());
        }
        for hold in self.holds {
            rest.0 = (rest.0 << 7) | hold.word();
        }
        rest.push(2, self.marker.unwrap_or(3));
        rest.push(4, self.sins.0);
        for lane in &self.lanes {
            state.write_u64(lane.word());
        }
        state.write_u64(rest.0);
    }
}

/// Bits, written one field after the other.
struct Word(u64);

impl Word {
    fn push(&mut self, bits: u32, value: u8) {
        debug_assert!(u32::from(value) < 1 << bits, "a field of the state outgrew its bits");
        self.0 = (self.0 << bits) | u64::from(value);
    }
}
