//! A checkout: its holds, its end, and the order that takes it.

use souk_domain::order::OrderStatus;

use super::{Step, stock::Hold};
use crate::{
    guards::Guard,
    state::{Checkout, Entry, Order, Pc, Sin},
};

impl Order {
    /// As it is written first.
    fn new(status: OrderStatus, unsettled: bool) -> Self {
        Self { status, unsettled, confirmed: false, units: None, returned: 0, stock_back: false }
    }
}

impl Step<'_> {
    /// P1. Absent; found OPEN it goes on, and else it is over.
    pub(super) fn put(&mut self) -> Pc {
        let first = self.has(Guard::CheckoutFirst);
        let found = self.mine().checkout;
        match found {
            Checkout::Open => {}
            Checkout::None | Checkout::Forgotten if first => self.mine().checkout = Checkout::Open,
            Checkout::None | Checkout::Forgotten => {}
            Checkout::Closed | Checkout::Ordered if self.has(Guard::CheckoutAbsent) => return Pc::Idle,
            Checkout::Closed | Checkout::Ordered => self.mine().checkout = Checkout::Open,
        }
        self.read_in_time();
        if self.protocol.bounds.replaces && self.lane == 1 {
            Pc::Replace
        } else if self.has(Guard::TimeBeforeRead) {
            self.go_on_holding(0)
        } else {
            Pc::TakeTime
        }
    }

    fn go_on_holding(&mut self, from: usize) -> Pc {
        match self.next_wanted(from) {
            Some(row) => {
                self.own().row = row as u8;
                Pc::Hold
            }
            None if self.has(Guard::CheckoutFirst) => Pc::Idle,
            None => Pc::PutLate,
        }
    }

    pub(super) fn put_late(&mut self) -> Pc {
        if self.mine().checkout == Checkout::None {
            self.mine().checkout = Checkout::Open;
        }
        Pc::Idle
    }

    /// P2.
    pub(super) fn hold(&mut self) -> Pc {
        let row = usize::from(self.own().row);
        match self.hold_in(row, Guard::HoldFloor, Guard::HoldNoMark) {
            Hold::Held(units) => {
                self.own().got[row] = units;
                self.go_on_holding(row + 1)
            }
            Hold::Marked => Pc::Idle,
            // Read again.
            Hold::BelowFloor => Pc::Put,
            Hold::TooFew(wanted) => self.too_few(row, wanted),
        }
    }

    fn too_few(&mut self, row: usize, wanted: u8) -> Pc {
        let available = u8::try_from(self.state.rows[row].available).unwrap_or(0);
        let is_last = self.next_asked(row + 1).is_none() || matches!(self.plan(), crate::bounds::Plan::Lines(_));
        match self.own_older(row) {
            Some(held) if available + held >= wanted || !is_last => Pc::CloseOlder,
            _ => {
                self.hear_sold_out(row, available, wanted);
                Pc::CloseSoldOut
            }
        }
    }

    fn hear_sold_out(&mut self, row: usize, available: u8, wanted: u8) {
        let older = self.protocol.bounds.same_shopper && self.lane == 1;
        let held = self.state.rows[row].entries[0].held();
        let ordered = self.state.lanes[0].checkout == Checkout::Ordered;
        let has_order = ordered || self.state.lanes[0].order.is_some();
        if older && held > 0 && available + held >= wanted && !has_order {
            self.state.sin(Sin::SoldOutByOwn);
        }
    }

    /// P3, for the next version of the same cart.
    pub(super) fn replace(&mut self) -> Pc {
        self.close(1 - self.lane);
        self.go_on_holding(0)
    }

    /// P3.
    pub(super) fn close_older(&mut self) -> Pc {
        let other = 1 - self.lane;
        if self.has(Guard::CloseBeforeTake) {
            self.close(other);
            if self.state.lanes[other].checkout != Checkout::Closed {
                self.own().alone = true;
                return Pc::Hold;
            }
        }
        Pc::TakeOver
    }

    fn close(&mut self, other: usize) {
        let found = self.state.lanes[other].checkout;
        if found == Checkout::Open || (found == Checkout::Ordered && !self.has(Guard::CloseOpen)) {
            self.state.lanes[other].checkout = Checkout::Closed;
            self.state.lanes[other].decided();
            if other > self.lane {
                self.state.sin(Sin::NewerClosed);
            }
        }
    }

    /// P4. Both entries are of one item.
    pub(super) fn take_over(&mut self) -> Pc {
        let (lane, other, row) = (self.lane, 1 - self.lane, usize::from(self.own().row));
        let found = self.state.rows[row];
        let wanted = self.wanted(row);
        let below = self.own().below_floor & (1 << row) != 0;
        if found.entries[lane] != Entry::Absent {
            return Pc::Hold;
        }
        if below && self.has(Guard::TakeFloor) {
            return Pc::Put;
        }
        let held = match found.entries[other] {
            Entry::Held(units) => units,
            _ if !self.has(Guard::TakeHeld) => wanted,
            _ => return Pc::Hold,
        };
        let can_have = u8::try_from(found.available).unwrap_or(0) + held;
        let is_last = self.next_asked(row + 1).is_none() || matches!(self.plan(), crate::bounds::Plan::Lines(_));
        if can_have < wanted && is_last {
            return Pc::Hold;
        }
        self.lost(other);
        let after = if self.has(Guard::TakeMarks) { Entry::Released } else { Entry::Absent };
        self.state.rows[row].entries[other] = after;
        self.state.rows[row].available += held.cast_signed();
        let units = wanted.min(can_have);
        self.put_hold(row, units);
        self.own().got[row] = units;
        self.go_on_holding(row + 1)
    }

    /// A hold goes that an order has, which nobody has cancelled.
    pub(super) fn lost(&mut self, lane: usize) {
        if self.state.lanes[lane].status().is_some_and(|status| status != OrderStatus::Cancelled) {
            self.state.sin(Sin::HeldLost);
        }
    }

    /// P5.
    pub(super) fn close_sold_out(&mut self) -> Pc {
        let found = self.mine().checkout;
        if found == Checkout::Open || (found == Checkout::Ordered && !self.has(Guard::SoldOutOpen)) {
            self.mine().checkout = Checkout::Closed;
            self.mine().decided();
        }
        if self.mine().checkout == Checkout::Closed { self.go_on_releasing(0) } else { Pc::Idle }
    }

    fn go_on_releasing(&mut self, from: usize) -> Pc {
        match self.next_asked(from) {
            Some(row) => {
                self.own().row = row as u8;
                Pc::Release
            }
            None => {
                self.mine().timer_over = true;
                Pc::Idle
            }
        }
    }

    /// O1.
    pub(super) fn attach(&mut self) -> Pc {
        let found = self.mine().checkout;
        match found {
            Checkout::Open => {}
            Checkout::Closed if !self.has(Guard::AttachOpen) => {}
            Checkout::Ordered => return Pc::PutOrder,
            _ => return Pc::Idle,
        }
        self.mine().checkout = Checkout::Ordered;
        Pc::PutOrder
    }

    /// O2. Only now 201.
    pub(super) fn put_order(&mut self) -> Pc {
        let unsettled = self.has(Guard::OrderUnsettled);
        if self.order().is_some() {
            if self.has(Guard::OrderAbsent) {
                return Pc::Idle;
            }
            self.state.sin(Sin::OrderLost);
        }
        self.mine().order = Some(Order::new(OrderStatus::PendingPayment, unsettled));
        Pc::Idle
    }

    /// T1.
    pub(super) fn close_in_time(&mut self) -> Pc {
        let found = self.mine().checkout;
        match found {
            Checkout::Open => {}
            Checkout::Closed => return self.go_on_releasing(0),
            Checkout::Ordered if !self.has(Guard::TimerOpen) => {}
            Checkout::Ordered if !self.has(Guard::ReleaseReadsClosed) => return self.go_on_releasing(0),
            Checkout::Ordered => return Pc::PutCancelled,
            Checkout::None | Checkout::Forgotten => return Pc::Idle,
        }
        self.mine().checkout = Checkout::Closed;
        self.mine().decided();
        if !self.has(Guard::TimerEndsLast) {
            self.mine().timer_over = true;
        }
        self.go_on_releasing(0)
    }

    /// T2.
    pub(super) fn release(&mut self) -> Pc {
        let row = usize::from(self.own().row);
        if self.state.rows[row].entries[self.lane].held() > 0 {
            self.lost(self.lane);
        }
        self.release_in(row, Guard::ReleaseMarksAbsent);
        self.go_on_releasing(row + 1)
    }

    /// T3.
    pub(super) fn put_cancelled(&mut self) -> Pc {
        if self.order().is_none() && self.has(Guard::OrphanCancelled) {
            let unsettled = self.has(Guard::OrphanUnsettled);
            self.mine().order = Some(Order::new(OrderStatus::Cancelled, unsettled));
            self.mine().decided();
        }
        self.mine().timer_over = true;
        Pc::Idle
    }
}
