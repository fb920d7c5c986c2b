//! What is written to a row of stock.

use super::Step;
use crate::{
    bounds::{Plan, ROWS},
    guards::Guard,
    state::{Entry, Pc, Run, State, is_confirmed},
};

/// How a hold ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hold {
    /// The units are held there, now or before; so many.
    Held(u8),
    /// There is a mark.
    Marked,
    /// The hold was decided before the row's floor.
    BelowFloor,
    /// There are too few units: so many are wanted.
    TooFew(u8),
}

impl Step<'_> {
    pub(super) fn plan(&self) -> Plan {
        self.protocol.bounds.plans[self.lane]
    }

    /// What is wanted of this row, by what was found in those before.
    pub(super) fn wanted(&mut self, row: usize) -> u8 {
        let got = self.own().got;
        match self.plan() {
            Plan::Lines(lines) => lines[row],
            Plan::Spread(units) => units.saturating_sub(got[..row].iter().sum()),
        }
    }

    /// The next row that is asked for anything, from this one on.
    pub(super) fn next_wanted(&mut self, from: usize) -> Option<usize> {
        (from..ROWS).find(|row| self.wanted(*row) > 0)
    }

    /// The next row that can hold anything, from this one on.
    pub(super) fn next_asked(&self, from: usize) -> Option<usize> {
        (from..ROWS).find(|row| match self.plan() {
            Plan::Lines(lines) => lines[*row] > 0,
            Plan::Spread(_) => true,
        })
    }

    /// P2, S1: one conditional write of a row.
    pub(super) fn hold_in(&mut self, row: usize, floor: Guard, mark: Guard) -> Hold {
        let (lane, wanted) = (self.lane, self.wanted(row));
        let is_last = row + 1 == ROWS || matches!(self.plan(), Plan::Lines(_));
        let below = self.own().below_floor & (1 << row) != 0;
        let found = self.state.rows[row];
        match found.entries[lane] {
            Entry::Held(units) if self.has(Guard::HoldAbsent) => return Hold::Held(units),
            entry if entry.is_mark() && self.has(mark) => return Hold::Marked,
            _ => {}
        }
        if below && self.has(floor) {
            return Hold::BelowFloor;
        }
        let available = u8::try_from(found.available).unwrap_or(0);
        if available < wanted && self.has(Guard::HoldAvailable) && (is_last || self.own_older(row).is_some()) {
            return Hold::TooFew(wanted);
        }
        self.put_hold(row, if is_last { wanted } else { wanted.min(available) })
    }

    /// Holds so many, also none: whoever comes late finds how many they were.
    pub(super) fn put_hold(&mut self, row: usize, units: u8) -> Hold {
        let lane = self.lane;
        if units > 0 || self.has(Guard::HoldPassesWithEntry) {
            let found = &mut self.state.rows[row];
            found.entries[lane] = Entry::Held(units);
            found.available -= units.cast_signed();
        }
        Hold::Held(units)
    }

    /// The units that the shopper's own older checkout holds there, as the refused write shows.
    pub(super) fn own_older(&mut self, row: usize) -> Option<u8> {
        let other = 1 - self.lane;
        let is_older = self.lane == 1 || !self.has(Guard::CloseOlderOnly);
        let seen = self.protocol.bounds.same_shopper && is_older && self.has(Guard::OwnHoldSeen);
        let held = self.state.rows[row].entries[other].held();
        (seen && held > 0 && !self.own().alone).then_some(held)
    }

    /// T2, F3: what is held goes back, and a mark stays.
    pub(super) fn release_in(&mut self, row: usize, marks_absent: Guard) {
        let lane = self.lane;
        let (marks, absent) = (self.has(Guard::ReleaseMarks), self.has(marks_absent));
        let once = self.has(Guard::ReleaseMarkOnce);
        let wanted = self.wanted(row);
        let found = &mut self.state.rows[row];
        let after = if marks { Entry::Released } else { Entry::Absent };
        match found.entries[lane] {
            Entry::Held(units) => {
                found.available += units.cast_signed();
                found.entries[lane] = after;
            }
            Entry::Absent if absent => found.entries[lane] = Entry::Released,
            Entry::Released if !once => found.available += wanted.cast_signed(),
            _ => {}
        }
    }

    /// Collect: the mark is taken away, and nothing that was decided before may be held any more.
    pub(super) fn collect(&mut self, pc: Pc) -> Pc {
        let (lane, row) = (self.lane, usize::from(self.own().row));
        let entry = self.state.rows[row].entries[lane];
        let same = match entry {
            Entry::Sold(_) => pc == Pc::CollectSold,
            Entry::Released => pc == Pc::CollectReleased,
            _ => false,
        };
        if !(same || (entry.is_mark() && !self.has(Guard::CollectSame))) {
            return Pc::Idle;
        }
        self.state.rows[row].entries[lane] = Entry::Absent;
        let rises = self.has(Guard::CollectFloorRises);
        let floor = self.has(Guard::CollectFloor) && self.has(Guard::CollectFloorSkew);
        for (number, lane) in self.state.lanes.iter_mut().enumerate() {
            for run in &mut lane.runs {
                if number == self.lane && run.outdated && floor {
                    run.below_floor |= 1 << row;
                } else if number != self.lane && !rises {
                    run.below_floor &= !(1 << row);
                }
            }
        }
        Pc::Idle
    }
}

/// The marks that may be collected, by what their decisions were read to be.
pub(crate) fn collect(guards: crate::guards::Guards, state: &State, lane: usize, row: usize) -> Option<Run> {
    use crate::state::Checkout;
    let (entry, found) = (state.rows[row].entries[lane], &state.lanes[lane]);
    let pc = match (entry, found.order) {
        (Entry::Sold(_), Some(order)) => {
            let settled = is_confirmed(order.status) && !order.unsettled;
            (settled || !guards.has(Guard::CollectSold)).then_some(Pc::CollectSold)
        }
        (Entry::Released, Some(order)) => {
            (order.stock_back || !guards.has(Guard::CollectBack)).then_some(Pc::CollectReleased)
        }
        (Entry::Released, None) => {
            let over = !matches!(found.checkout, Checkout::Open | Checkout::Ordered);
            (over || !guards.has(Guard::CollectReleased)).then_some(Pc::CollectReleased)
        }
        _ => None,
    }?;
    Some(Run { row: row as u8, ..Run::at(pc) })
}

#[cfg(test)]
mod conformance;
