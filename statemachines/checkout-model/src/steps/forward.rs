//! The saga, forward: hold, decide, sell, settle.

use souk_domain::{
    order::{OrderEvent, OrderStatus},
    payment::PaymentState,
};

use super::{Chance, Step, back::Fenced as _, decide, stock::Hold};
use crate::{
    bounds::Money,
    guards::Guard,
    state::{Entry, Pc, Sin, is_confirmed},
};

impl Step<'_> {
    /// S0.
    pub(super) fn read(&mut self, chance: Chance) -> Pc {
        let Some(status) = self.order().map(|order| order.status) else { return Pc::Idle };
        self.read_in_time();
        match status {
            OrderStatus::Cancelled => Pc::Fence,
            status if is_confirmed(status) => self.go_on_selling(0),
            _ if chance == Chance::Overdue && self.has(Guard::OverdueEnds) => self.overdue(),
            _ => self.begin_ensuring(),
        }
    }

    fn overdue(&mut self) -> Pc {
        let authorized = self.record().is_some_and(PaymentState::is_authorized);
        if authorized && self.has(Guard::PaidGoesOn) {
            self.begin_ensuring()
        } else if self.mine().known && self.protocol.bounds.money == Money::Calls {
            Pc::AskOverdue
        } else {
            Pc::FenceFirst
        }
    }

    fn begin_ensuring(&mut self) -> Pc {
        match self.next_wanted(0) {
            Some(row) if self.has(Guard::EnsureHolds) => {
                self.own().row = row as u8;
                if self.has(Guard::TimeBeforeRead) { Pc::Ensure } else { Pc::TakeTimeLate }
            }
            _ => self.begin_paying(),
        }
    }

    fn begin_paying(&self) -> Pc {
        if self.protocol.bounds.money == Money::Simple { Pc::Authorize } else { Pc::OpenRecord }
    }

    /// S1.
    pub(super) fn ensure(&mut self) -> Pc {
        let row = usize::from(self.own().row);
        match self.hold_in(row, Guard::EnsureFloor, Guard::EnsureMark) {
            Hold::Held(units) => {
                self.own().got[row] = units;
                match self.next_wanted(row + 1) {
                    Some(row) => {
                        self.own().row = row as u8;
                        Pc::Ensure
                    }
                    None => self.begin_paying(),
                }
            }
            Hold::BelowFloor => Pc::Read,
            Hold::Marked | Hold::TooFew(_) => Pc::FenceFirst,
        }
    }

    /// S3.
    pub(super) fn decide(&mut self) -> Pc {
        if !self.has(Guard::CommitAfterConfirm) && !self.own().alone {
            (0..crate::bounds::ROWS).for_each(|row| self.sell(row));
            self.own().alone = true;
            return Pc::Decide;
        }
        let settles = !self.has(Guard::SettleAfterCommit);
        let pending_only = self.has(Guard::ConfirmPending);
        let Some(order) = self.order() else { return Pc::Idle };
        match order.status {
            OrderStatus::PendingPayment => {}
            OrderStatus::Cancelled if pending_only => return Pc::Fence,
            OrderStatus::Cancelled => {}
            _ => return self.go_on_selling(0),
        }
        decide(self.state, self.lane, OrderEvent::Confirm, OrderStatus::Confirmed);
        if let Some(order) = self.order() {
            order.confirmed = true;
            order.unsettled &= !settles;
        }
        self.go_on_selling(0)
    }

    pub(super) fn go_on_selling(&mut self, from: usize) -> Pc {
        match self.next_asked(from) {
            Some(row) => {
                self.own().row = row as u8;
                Pc::Commit
            }
            None => Pc::Settle,
        }
    }

    /// S4.
    pub(super) fn commit(&mut self) -> Pc {
        let row = usize::from(self.own().row);
        if self.state.rows[row].entries[self.lane] == Entry::Released {
            // The order must be cancelled.
            return Pc::Read;
        }
        self.sell(row);
        self.go_on_selling(row + 1)
    }

    fn sell(&mut self, row: usize) {
        let (lane, wanted) = (self.lane, self.wanted(row));
        let (held_only, marks) = (self.has(Guard::CommitHeld), self.has(Guard::CommitMarks));
        let found = &mut self.state.rows[row];
        let units = match found.entries[lane] {
            Entry::Held(units) => units,
            Entry::Sold(units) => {
                self.own().got[row] = units;
                return;
            }
            Entry::Absent if !held_only => {
                found.available -= wanted.cast_signed();
                wanted
            }
            // It was settled before.
            Entry::Absent | Entry::Released => return,
        };
        found.quantity -= units.cast_signed();
        found.entries[lane] = if marks { Entry::Sold(units) } else { Entry::Absent };
        self.mine().sold[row] += units;
        self.own().got[row] = units;
    }

    /// S5. What left from where is kept with it.
    pub(super) fn settle(&mut self) -> Pc {
        let (keeps, confirmed_only) = (self.has(Guard::SettleKeepsUnits), self.has(Guard::SettleConfirmed));
        let got = self.own().got;
        let Some(order) = self.order() else { return Pc::Idle };
        if !is_confirmed(order.status) && confirmed_only {
            return Pc::Fence;
        }
        order.unsettled = false;
        if keeps {
            order.units.get_or_insert(got);
        }
        Pc::Idle
    }

    /// F0. By what the record is; AUTHORIZED and this fence meet in one item.
    pub(super) fn fence_first(&mut self) -> Pc {
        if !self.has(Guard::FenceBeforeCancel) {
            return Pc::Cancel;
        }
        let known = self.mine().known;
        let fenced = match self.record() {
            None => Some(PaymentState::Voided),
            Some(found) if found.is_fenced() => None,
            Some(found) if found.is_authorized() && self.has(Guard::FenceNoPaid) => return Pc::Read,
            Some(found) => found.fence(known).state(),
        };
        let found = self.record();
        self.mine().record = fenced.or(found);
        Pc::Cancel
    }

    /// F1.
    pub(super) fn cancel(&mut self) -> Pc {
        let pending_only = self.has(Guard::CancelPending);
        let Some(order) = self.order() else { return Pc::Idle };
        match order.status {
            OrderStatus::PendingPayment => {}
            OrderStatus::Cancelled => return Pc::Fence,
            _ if pending_only => return self.go_on_selling(0),
            // An edge, but not one for the saga.
            _ => self.state.sin(Sin::IllegalEdge),
        }
        if self.record().is_some_and(PaymentState::is_authorized) {
            self.state.sin(Sin::PaidCancelled);
        }
        decide(self.state, self.lane, OrderEvent::Cancel, OrderStatus::Cancelled);
        if let Some(order) = self.order() {
            order.unsettled = true;
        }
        Pc::Fence
    }
}
