//! Compensation of a cancelled order: money, then units.

use souk_domain::{order::OrderStatus, payment::PaymentState};

use super::{Step, gateway, refund};
use crate::{
    guards::Guard,
    refunds::CANCELLATION,
    state::{Intent, Pc, Sin},
};

impl Step<'_> {
    /// F2a. One write of the record as it is: a fence that is overtaken looks again.
    pub(super) fn fence(&mut self) -> Pc {
        if !self.has(Guard::SettleLast) {
            self.settle();
        }
        let fences = match self.state.record.state {
            PaymentState::Voiding => false,
            PaymentState::Capturing => self.has(Guard::FenceCapturing),
            PaymentState::Captured => self.has(Guard::FenceCaptured),
            PaymentState::Voided | PaymentState::Refunded => return Pc::Return,
            _ => true,
        };
        if fences {
            self.write(|record| record.state = PaymentState::Voiding);
        }
        let refunds = self.state.record.refunds;
        (self.own().fresh, self.own().read) = (true, refunds);
        Pc::CancelIntent
    }

    /// F2b.
    pub(super) fn cancel_intent(&mut self) -> Pc {
        if gateway::cancel(self.protocol.guards, self.state) { Pc::KeepVoided } else { Pc::AskRefusal }
    }

    /// F2b. By what the gateway says that it holds.
    pub(super) fn ask_refusal(&mut self) -> Pc {
        match self.state.gateway.intent {
            Intent::Captured(captured) => {
                self.own().money = captured;
                Pc::ListTaken
            }
            _ => Pc::KeepVoided,
        }
    }

    /// F2b. What has not failed is going back already.
    pub(super) fn list_taken(&mut self) -> Pc {
        let there = self.state.gateway.refunds;
        self.own().told = there;
        let is_all = there.refunded() >= self.own().money;
        let was_made = there.get(CANCELLATION).is_some() && self.has(Guard::CancellationOnce);
        if is_all || was_made { Pc::KeepGivenBack } else { Pc::RefundRest }
    }

    /// F2b. What is left, as the gateway counts it.
    pub(super) fn refund_rest(&mut self) -> Pc {
        let captured = self.own().money;
        let rest = match self.has(Guard::RefundRest) {
            true => captured.saturating_sub(self.state.gateway.refunds.refunded()),
            false => captured,
        };
        let made = gateway::refund(self.protocol.guards, self.state, CANCELLATION, rest);
        // Refused: the run ends, and the sweeper begins anew.
        if !made {
            Pc::Idle
        } else if self.has(Guard::ListAgain) {
            Pc::ListAgain
        } else {
            Pc::KeepGivenBack
        }
    }

    /// F2b. Another refund may have been made between the list and this one.
    pub(super) fn list_again(&mut self) -> Pc {
        self.own().told = self.state.gateway.refunds;
        Pc::KeepGivenBack
    }

    /// F2c.
    pub(super) fn keep_voided(&mut self) -> Pc {
        if self.is_now(PaymentState::Voiding) || !self.has(Guard::GivenBackFromVoiding) {
            self.write(|record| record.state = PaymentState::Voided);
        }
        Pc::Return
    }

    /// F2c. VOIDING, and the record is as it was read.
    pub(super) fn keep_given_back(&mut self) -> Pc {
        let run = *self.own();
        let as_read = run.fresh || !self.has(Guard::GivenBackAsRead);
        let voiding = self.is_now(PaymentState::Voiding) || !self.has(Guard::GivenBackFromVoiding);
        if as_read && voiding {
            let refused = if self.has(Guard::UnheardFail) { u8::MAX } else { 0 };
            let next = refund::learned(self.protocol.guards, run.read, run.told, refused);
            self.keep_refunds(next);
            self.write(|record| (record.state, record.captured) = (PaymentState::Refunded, run.money));
        }
        Pc::Return
    }

    /// F3. Once, and only what was there.
    pub(super) fn give_units_back(&mut self) -> Pc {
        let order = &self.state.order;
        let units = match self.has(Guard::ReturnFound) {
            true => order.due(),
            false => order.due() + order.missing(),
        };
        match self.state.returned {
            None => self.state.returned = Some(units),
            Some(_) if self.has(Guard::ReturnOnce) => {}
            Some(_) => self.state.sin(Sin::ReturnedTwice),
        }
        Pc::Settle
    }

    /// F4. Still cancelled.
    pub(super) fn settle(&mut self) -> Pc {
        if self.state.order.status == OrderStatus::Cancelled {
            self.state.order.unsettled = false;
        }
        Pc::Idle
    }
}
