//! Shipping: the money is taken with the first parcel, then parcels leave.

use souk_domain::{order::OrderStatus, payment::PaymentState};

use super::{Chance, Step, captured, gateway};
use crate::{
    guards::Guard,
    refunds::SHORT,
    state::{Intent, Pc, Run, Sin, State},
};

impl Step<'_> {
    /// Ship 1. Authorised; a record that is capturing already was left behind by a run that died, or is another's.
    pub(super) fn claim(&mut self) -> Pc {
        let due = match self.has(Guard::ClaimDue) {
            true => self.own().money,
            false => self.protocol.bounds.total(),
        };
        let claimed = if self.has(Guard::CaptureFirst) { Pc::Capture } else { Pc::Leave };
        match self.state.record.state {
            PaymentState::Captured => Pc::Leave,
            PaymentState::Capturing => claimed,
            PaymentState::Authorized => self.begin_attempt(due, claimed),
            _ if !self.has(Guard::ClaimAuthorized) => self.begin_attempt(due, claimed),
            _ => Pc::Stay,
        }
    }

    /// Resumed. A claim that was given back meanwhile is over: whoever gave it back has told so, or died, and then
    /// nobody has heard anything.
    pub(super) fn find_claim(&mut self) -> Pc {
        match self.is_now(PaymentState::Authorized) && self.has(Guard::ResumeStanding) {
            true => Pc::EndCapture(false),
            false => self.claim(),
        }
    }

    /// A claim is an attempt with a key of its own. Whatever was sent under the keys before it, or is about to be, only
    /// repeats their refusals.
    fn begin_attempt(&mut self, due: u8, then: Pc) -> Pc {
        let noted = self.has(Guard::ClaimNotes);
        self.write(|record| {
            (record.state, record.claimed, record.noted) = (PaymentState::Capturing, due, noted);
        });
        if self.state.gateway.refusal_kept {
            self.state.gateway.refusal_kept = false;
            self.state.gateway.late_capture = false;
        }
        if self.has(Guard::CaptureKey) {
            for run in &mut self.state.runs {
                run.pc = match run.pc {
                    Pc::Capture | Pc::AskCapture => Pc::AskOutdated,
                    Pc::KeepRefused => Pc::KeepOutdated,
                    same => same,
                };
            }
        }
        then
    }

    /// Ship 2. Whoever goes on asks for what the claim says.
    pub(super) fn capture(&mut self, chance: Chance) -> Pc {
        let amount = self.state.record.claimed;
        if gateway::capture(self.protocol.guards, self.state, amount, chance) { self.taken() } else { Pc::AskCapture }
    }

    fn taken(&mut self) -> Pc {
        match self.state.gateway.intent {
            Intent::Captured(amount) => {
                self.own().money = amount;
                Pc::KeepCaptured
            }
            _ => Pc::Stay,
        }
    }

    /// Ship 2. What the gateway knows.
    pub(super) fn ask_capture(&mut self, keep_refused: Pc) -> Pc {
        match self.state.gateway.intent {
            Intent::Captured(_) => self.taken(),
            Intent::Held => keep_refused,
            Intent::Lapsed | Intent::Canceled if self.has(Guard::LapsedIsCancelled) => Pc::CancelLapsed,
            Intent::Lapsed | Intent::Canceled => Pc::Stay,
        }
    }

    /// Ship 2. CAPTURING.
    pub(super) fn keep_captured(&mut self) -> Pc {
        if !self.is_now(PaymentState::Capturing) && self.has(Guard::CapturedFromCapturing) {
            return self.overtaken();
        }
        let amount = match self.has(Guard::CapturedAsTold) {
            true => self.own().money,
            false => self.state.order.due(),
        };
        self.write(|record| (record.state, record.captured) = (PaymentState::Captured, amount));
        Pc::Leave
    }

    /// Ship 2. CAPTURING, by this attempt.
    pub(super) fn keep_refused(&mut self) -> Pc {
        if !self.is_now(PaymentState::Capturing) && self.has(Guard::RefusedFromCapturing) {
            return self.overtaken();
        }
        self.write(|record| record.state = PaymentState::Authorized);
        Pc::Stay
    }

    /// What another run has made of the record.
    pub(super) fn overtaken(&self) -> Pc {
        if self.is_now(PaymentState::Captured) { Pc::Leave } else { Pc::Stay }
    }

    /// Whoever called hears that these parcels stay.
    pub(super) fn stay(&mut self) -> Pc {
        let (slot, of) = (self.slot as u8, self.own().of);
        let (says, own) = (self.has(Guard::StaySaid), self.has(Guard::StayOwn));
        for (number, shipment) in (0..).zip(&mut self.state.order.shipments) {
            if of & (1 << number) == 0 || shipment.left {
                continue;
            }
            let kept = if own { shipment.leaving & !(1 << slot) } else { 0 };
            shipment.told_to_stay |= shipment.leaving == 1 << slot;
            if says {
                shipment.leaving = kept;
            }
        }
        Pc::EndCapture(false)
    }

    /// The hold is gone at the gateway: the order is cancelled.
    pub(super) fn cancel_lapsed(&mut self) -> Pc {
        let order = &mut self.state.order;
        if order.status == OrderStatus::Confirmed && !order.has_departed() {
            (order.status, order.unsettled) = (OrderStatus::Cancelled, true);
        }
        Pc::EndCapture(false)
    }

    /// Ship 3. Where it was cancelled meanwhile the goods stay, and F2 refunds.
    pub(super) fn leave(&mut self) -> Pc {
        let (mut of, slot) = (self.own().of, self.slot as u8);
        if of == Run::WHATEVER_LEAVES {
            of = self.state.order.which(|shipment| shipment.leaving != 0);
        }
        if !leave(self.protocol.guards, self.state, of, Some(slot)) {
            return Pc::EndCapture(false);
        }
        let is_last = self.state.order.which(|shipment| shipment.leaving != 0 && !shipment.left) == 0;
        self.own().money = self.state.order.due();
        Pc::Shortfall(is_last || !self.has(Guard::EndWhenNothingLeaves))
    }

    /// Short 4, by whoever took the money.
    pub(super) fn shortfall_after_ship(&mut self, is_last: bool) -> Pc {
        if self.has(Guard::ShortfallAfterShip) {
            self.shortfall();
        }
        Pc::EndCapture(is_last)
    }

    /// Short 4, by the shortage's event.
    pub(super) fn event_shortfall(&mut self) -> Pc {
        if self.has(Guard::ShortfallByEvent) {
            self.shortfall();
        }
        Pc::TakeEvent
    }

    /// The consumer is done.
    pub(super) fn take_event(&mut self) -> Pc {
        self.state.events &= !(1 << self.own().of);
        Pc::Idle
    }

    /// What was taken beyond what was due when the order was read, unless that was asked for before. One write of the
    /// record as it is: whoever is overtaken looks again.
    fn shortfall(&mut self) {
        let due = self.own().money;
        let total = self.protocol.bounds.total();
        // An order without shortages is not asked.
        let shortages = total.saturating_sub(due);
        let Some(captured) = captured(&self.state.record).filter(|_| shortages > 0) else { return };
        let refunds = self.state.record.refunds;
        let asked = if self.has(Guard::ShortfallCounts) { refunds.asked_for_shortages() } else { 0 };
        let mut amount = captured.saturating_sub(due + asked);
        if self.has(Guard::ShortfallAllows) {
            amount = amount.min(captured.saturating_sub(refunds.refunded()));
        }
        let id = SHORT[usize::from(shortages) - 1];
        if amount > 0 && refunds.get(id).is_none() {
            self.write(|record| record.refunds.set(id, crate::refunds::Standing::Pending, amount));
        }
    }

    /// What has not left keeps its note while money is taken or being taken.
    pub(super) fn end_capture(&mut self, has_left: bool) -> Pc {
        let is_open = matches!(self.state.record.state, PaymentState::Capturing | PaymentState::Captured);
        if has_left || !is_open || !self.has(Guard::EndOfDecided) {
            self.state.record.noted = false;
        }
        Pc::Idle
    }
}

/// These parcels leave; false where the order forbids it.
pub(crate) fn leave(guards: crate::guards::Guards, state: &mut State, of: u8, by: Option<u8>) -> bool {
    let order = &mut state.order;
    let allowed = order.status == OrderStatus::Confirmed || order.status == OrderStatus::Shipped;
    if !allowed && guards.has(Guard::LeaveConfirmed) {
        return false;
    }
    let mut sins = Vec::new();
    for (number, shipment) in (0..).zip(&mut order.shipments) {
        if of & (1 << number) == 0 || shipment.units == 0 || (shipment.left && guards.has(Guard::LeaveOnce)) {
            continue;
        }
        if !allowed {
            sins.push(Sin::LeftCancelled);
        }
        if !matches!(state.gateway.intent, Intent::Captured(_)) {
            sins.push(Sin::LeftUnpaid);
        }
        if shipment.left {
            sins.push(Sin::LeftTwice);
        }
        if shipment.told_to_stay && by.is_some_and(|slot| shipment.leaving & (1 << slot) == 0) {
            sins.push(Sin::LeftThoughToldToStay);
        }
        (shipment.packed, shipment.leaving, shipment.left) = (true, 0, true);
    }
    if order.all_have_left() && guards.has(Guard::LastShips) && allowed {
        order.status = OrderStatus::Shipped;
    }
    sins.into_iter().for_each(|sin| state.sin(sin));
    true
}
