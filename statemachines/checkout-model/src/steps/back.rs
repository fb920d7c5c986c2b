//! The saga, back: fence, units, then money.

use souk_domain::{
    order::OrderStatus,
    payment::{Fence, PaymentState},
};

use super::{Chance, Step, gateway};
use crate::{
    bounds::Money,
    guards::Guard,
    state::{Call, Entry, Intent, Pc, Renewal},
};

/// The state of a record that was fenced; none where it stays as it is.
pub(super) trait Fenced {
    fn state(self) -> Option<PaymentState>;
}

impl Fenced for Fence {
    fn state(self) -> Option<PaymentState> {
        match self {
            Self::Close => Some(PaymentState::Voided),
            Self::GiveBack => Some(PaymentState::Voiding),
            Self::Final => None,
        }
    }
}

impl Step<'_> {
    /// F2a. The order was read CANCELLED.
    pub(super) fn fence(&mut self) -> Pc {
        if !self.has(Guard::SettleMoneyLast) {
            self.settle_cancelled();
        }
        let known = self.mine().known;
        let next = match self.record() {
            None if self.has(Guard::FenceAbsent) => Some(PaymentState::Voided),
            None => None,
            Some(found) if found.is_authorized() && !self.has(Guard::FenceAlways) => None,
            Some(PaymentState::Intent) if !self.has(Guard::CloseUnknownOnly) => Some(PaymentState::Voided),
            Some(found) => found.fence(known).state(),
        };
        if next.is_some() {
            self.mine().record = next;
        }
        if !self.has(Guard::StockBackLast) {
            self.say_back();
        }
        if self.has(Guard::StockFirst) { self.go_on_giving_back(0) } else { self.undo_money() }
    }

    fn go_on_giving_back(&mut self, from: usize) -> Pc {
        match self.next_asked(from) {
            Some(row) => {
                self.own().row = row as u8;
                Pc::GiveBack
            }
            None => Pc::SayBack,
        }
    }

    /// F3. Held, or never held: a mark. Sold: one write. Sold, and the mark is gone: a transaction of order and row.
    pub(super) fn give_back(&mut self) -> Pc {
        let (lane, row) = (self.lane, usize::from(self.own().row));
        let (returns, marks) = (self.has(Guard::ReturnSold), self.has(Guard::ReturnMarks));
        let confirmed = self.order().is_some_and(|order| order.confirmed) && self.has(Guard::ReturnAbsentConfirmed);
        match self.state.rows[row].entries[lane] {
            Entry::Sold(units) if returns => {
                let found = &mut self.state.rows[row];
                found.quantity += units.cast_signed();
                found.available += units.cast_signed();
                found.entries[lane] = if marks { Entry::Released } else { Entry::Absent };
                self.unsell(row, units);
            }
            Entry::Absent if confirmed => self.return_unmarked(row),
            _ => {
                if self.state.rows[row].entries[lane].held() > 0 {
                    self.lost(lane);
                }
                self.release_in(row, Guard::ReturnUnconfirmedMarks);
            }
        }
        self.go_on_giving_back(row + 1)
    }

    fn return_unmarked(&mut self, row: usize) {
        let (listed, before_back) = (self.has(Guard::ReturnListed), self.has(Guard::ReturnBeforeBack));
        let Some(order) = self.order() else { return };
        let is_listed = order.returned & (1 << row) != 0 && listed;
        let is_back = order.stock_back && before_back;
        let units = order.units.map_or(0, |units| units[row]);
        if order.status != OrderStatus::Cancelled || is_listed || is_back || units == 0 {
            return;
        }
        order.returned |= 1 << row;
        let found = &mut self.state.rows[row];
        found.quantity += units.cast_signed();
        found.available += units.cast_signed();
        self.unsell(row, units);
    }

    /// What is true of the goods; below nothing it would be seen as units that were made.
    fn unsell(&mut self, row: usize, units: u8) {
        let sold = &mut self.mine().sold[row];
        *sold = sold.saturating_sub(units);
    }

    /// F3d.
    pub(super) fn say_back(&mut self) -> Pc {
        if let Some(order) = self.order()
            && order.status == OrderStatus::Cancelled
        {
            order.stock_back = true;
        }
        if self.has(Guard::StockFirst) { self.undo_money() } else { Pc::SettleBack }
    }

    fn after_money(&mut self) -> Pc {
        if self.has(Guard::StockFirst) { Pc::SettleBack } else { self.go_on_giving_back(0) }
    }

    fn undo_money(&mut self) -> Pc {
        match self.record() {
            Some(PaymentState::Voiding) if !self.has(Guard::VoidAtGateway) => Pc::KeepVoided,
            Some(PaymentState::Voiding) => {
                let renews = matches!(self.mine().renewal, Renewal::Known | Renewal::Old);
                if renews && self.has(Guard::FenceBoth) { Pc::CancelOther } else { self.undo_intent() }
            }
            _ => self.after_money(),
        }
    }

    pub(super) fn undo_intent(&mut self) -> Pc {
        if self.mine().known { Pc::CancelIntent } else { Pc::KeepVoided }
    }

    /// F2b.
    pub(super) fn cancel_intent(&mut self, chance: Chance) -> Pc {
        let guards = self.protocol.guards;
        if gateway::take(guards, self.mine(), Call::Cancel, Chance::None) {
            return Pc::KeepVoided;
        }
        match self.protocol.bounds.money {
            Money::Calls => Pc::AskRefusal,
            Money::Simple => match self.ask_refusal() {
                Pc::Refund => self.refund(chance),
                other => other,
            },
        }
    }

    /// F2b, refused.
    pub(super) fn ask_refusal(&mut self) -> Pc {
        let found = self.mine().intent;
        match found {
            Intent::Captured if self.has(Guard::RefundCaptured) => Pc::Refund,
            Intent::Refunded | Intent::RefundFailed => Pc::KeepRefunded,
            Intent::Captured | Intent::Canceled | Intent::Lapsed => Pc::KeepVoided,
            // It does not fit: the run fails, and a person hears of it.
            _ => Pc::Idle,
        }
    }

    /// F2b. One that fails at the bank is an operator's case.
    pub(super) fn refund(&mut self, chance: Chance) -> Pc {
        let guards = self.protocol.guards;
        gateway::take(guards, self.mine(), Call::Refund, chance);
        Pc::KeepRefunded
    }

    /// F2c. VOIDING.
    pub(super) fn keep_end(&mut self, end: PaymentState) -> Pc {
        if self.record() == Some(PaymentState::Voiding) {
            self.mine().record = Some(end);
        }
        self.after_money()
    }

    /// F4.
    pub(super) fn settle_back(&mut self) -> Pc {
        self.settle_cancelled();
        Pc::Idle
    }

    fn settle_cancelled(&mut self) {
        if let Some(order) = self.order()
            && order.status == OrderStatus::Cancelled
        {
            order.unsettled = false;
        }
    }
}
