//! The steps of a run: each is one read or one write of one store or of the gateway.

mod cancel;
pub mod gateway;
mod refund;
mod ship;

pub(crate) use self::{refund::may_be_asked, ship::leave};
use souk_domain::payment::PaymentState;

use crate::{
    Protocol,
    guards::Guard,
    refunds::Refunds,
    state::{Pc, Record, Run, Sin, State},
};

/// What is left to chance in a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chance {
    /// Nothing.
    None,
    /// The gateway will not, though it could.
    Refuses,
}

/// One step of one run.
pub(crate) struct Step<'a> {
    pub protocol: &'a Protocol,
    pub state: &'a mut State,
    pub slot: usize,
}

impl Step<'_> {
    /// Does what this position says and tells the next one.
    pub fn run(mut self, chance: Chance) -> Pc {
        let pc = self.own().pc;
        match pc {
            Pc::Idle => Pc::Idle,
            Pc::Claim => self.claim(),
            Pc::FindClaim => self.find_claim(),
            Pc::Capture => self.capture(chance),
            Pc::AskCapture => self.ask_capture(Pc::KeepRefused),
            Pc::AskOutdated => self.ask_capture(Pc::KeepOutdated),
            Pc::KeepCaptured => self.keep_captured(),
            Pc::KeepRefused => self.keep_refused(),
            Pc::KeepOutdated if self.has(Guard::RefusedOwnAttempt) => self.overtaken(),
            Pc::KeepOutdated => self.keep_refused(),
            Pc::Stay => self.stay(),
            Pc::CancelLapsed => self.cancel_lapsed(),
            Pc::Leave => self.leave(),
            Pc::Shortfall(is_last) => self.shortfall_after_ship(is_last),
            Pc::EndCapture(has_left) => self.end_capture(has_left),
            Pc::EventShortfall => self.event_shortfall(),
            Pc::TakeEvent => self.take_event(),
            Pc::Fence => self.fence(),
            Pc::CancelIntent => self.cancel_intent(),
            Pc::AskRefusal => self.ask_refusal(),
            Pc::ListTaken => self.list_taken(),
            Pc::RefundRest => self.refund_rest(),
            Pc::ListAgain => self.list_again(),
            Pc::KeepVoided => self.keep_voided(),
            Pc::KeepGivenBack => self.keep_given_back(),
            Pc::Return => self.give_units_back(),
            Pc::Settle => self.settle(),
            Pc::List => self.list(),
            Pc::Make => self.make(chance),
            Pc::Learn => self.learn(),
        }
    }

    fn has(&self, guard: Guard) -> bool {
        self.protocol.guards.has(guard)
    }

    fn own(&mut self) -> &mut Run {
        &mut self.state.runs[self.slot]
    }

    /// A write of the record: whatever others have read is older now.
    fn write(&mut self, change: impl FnOnce(&mut Record)) {
        write(self.state, change);
    }

    /// Nothing that is written down is forgotten.
    fn keep_refunds(&mut self, next: Refunds) {
        if self.state.record.refunds.iter().any(|(id, ..)| next.get(id).is_none()) {
            self.state.sin(Sin::RefundForgotten);
        }
        self.write(|record| record.refunds = next);
    }

    fn is_now(&self, state: PaymentState) -> bool {
        self.state.record.state == state
    }
}

/// A write of the record: whatever runs have read is older now.
pub(crate) fn write(state: &mut State, change: impl FnOnce(&mut Record)) {
    change(&mut state.record);
    for run in &mut state.runs {
        run.fresh = false;
    }
}

/// How much was taken, as far as the record knows.
pub(crate) fn captured(record: &Record) -> Option<u8> {
    matches!(record.state, PaymentState::Captured | PaymentState::Refunded).then_some(record.captured)
}
