//! Shipping: the money is taken, then the order is shipped.

use souk_domain::{
    order::{OrderEvent, OrderStatus},
    payment::PaymentState,
};

use super::{Step, gateway};
use crate::{
    bounds::RUNS,
    calls::Call,
    guards::Guard,
    pc::{Chance, Pc},
    state::Intent,
};

impl Step<'_> {
    /// Confirmed orders only.
    pub(super) fn ship_read(&mut self) -> Pc {
        let pending = self.order().status == OrderStatus::PendingPayment;
        if self.order().status == OrderStatus::Confirmed || (pending && !self.guarded_by(Guard::ShipReadsConfirmed)) {
            Pc::Claim
        } else {
            Pc::EndCapture
        }
    }

    /// Ship 1. Authorised; a record that is capturing already was left behind by a run that died.
    pub(super) fn claim(&mut self) -> Pc {
        let claimed = if self.guarded_by(Guard::CaptureFirst) { Pc::Capture } else { Pc::Ship };
        match self.record() {
            Some(PaymentState::Captured) => Pc::Ship,
            Some(PaymentState::Capturing) => claimed,
            Some(found) if found == PaymentState::Authorized || !self.guarded_by(Guard::ClaimAuthorized) => {
                self.own().record = Some(PaymentState::Capturing);
                self.begin_attempt();
                self.own().noted = self.guarded_by(Guard::ClaimNotes);
                claimed
            }
            _ => self.left_to_sweeper(),
        }
    }

    /// A claim is an attempt with a key of its own. Whatever was sent under the keys before it, or is about to
    /// be, only repeats their refusals.
    fn begin_attempt(&mut self) {
        if !self.guarded_by(Guard::CaptureKey) {
            return;
        }
        let lane = self.own();
        if lane.refusal_kept {
            lane.in_flight.arrive(Call::Capture);
            lane.refusal_kept = false;
        }
        for run in &mut lane.runs[RUNS..] {
            *run = match *run {
                Pc::Capture | Pc::AskCapture => Pc::AskOutdated,
                Pc::KeepRefused => Pc::KeepOutdated,
                same => same,
            };
        }
    }

    /// The record is not ours to go on with. Who has it is seen at the order, next time.
    pub(super) fn left_to_sweeper(&self) -> Pc {
        if self.guarded_by(Guard::NoteEndsWithOrder) { Pc::Idle } else { Pc::EndCapture }
    }

    /// Ship 2. The answer, or a refusal that sends us to ask; a replay brings the intent as it is now.
    pub(super) fn capture(&mut self, chance: Chance) -> Pc {
        let (guards, is_replay) = (self.protocol.guards, self.own().refusal_kept);
        let taken = gateway::take(guards, self.own(), Call::Capture, chance);
        if taken || (is_replay && !self.guarded_by(Guard::CaptureAnswerRead)) {
            Pc::KeepCaptured
        } else {
            Pc::AskCapture
        }
    }

    /// Ship 2. What the gateway knows.
    pub(super) fn ask_capture(&mut self, keep_refused: Pc) -> Pc {
        match self.intent() {
            Intent::Captured => Pc::KeepCaptured,
            Intent::Held => keep_refused,
            Intent::Lapsed | Intent::Canceled if self.guarded_by(Guard::LapsedIsCancelled) => {
                if !self.guarded_by(Guard::LapsedDecisionFirst) {
                    self.own().record = Some(PaymentState::Voided);
                }
                Pc::CancelLapsed
            }
            // Refunded: the order was cancelled.
            _ => self.left_to_sweeper(),
        }
    }

    /// Ship 2. CAPTURING.
    pub(super) fn keep_captured(&mut self) -> Pc {
        match self.record() {
            Some(PaymentState::Capturing) => self.own().record = Some(PaymentState::Captured),
            Some(PaymentState::Captured) => {}
            _ if self.guarded_by(Guard::CapturedFromCapturing) => return self.left_to_sweeper(),
            _ => self.own().record = Some(PaymentState::Captured),
        }
        Pc::Ship
    }

    /// Ship 2. CAPTURING: it may be tried again, by a person. The note goes with the claim.
    pub(super) fn keep_refused(&mut self) -> Pc {
        if self.record() == Some(PaymentState::Capturing) || !self.guarded_by(Guard::RefusedFromCapturing) {
            self.own().record = Some(PaymentState::Authorized);
            self.own().noted &= !self.guarded_by(Guard::NoteEndsWithOrder);
        }
        self.left_to_sweeper()
    }

    /// Ship 3. Confirmed; where it was cancelled meanwhile the goods stay, and F2 refunds.
    pub(super) fn ship(&mut self) -> Pc {
        let status = self.order().status;
        if status == OrderStatus::Confirmed
            || (status != OrderStatus::Shipped && !self.guarded_by(Guard::ShipConfirmed))
        {
            self.write_status(OrderEvent::Ship, OrderStatus::Shipped, None);
        }
        Pc::EndCapture
    }

    /// The hold is gone at the gateway: the order is cancelled, and its units go back.
    pub(super) fn cancel_lapsed(&mut self) -> Pc {
        if self.order().status == OrderStatus::Confirmed {
            self.write_status(OrderEvent::Cancel, OrderStatus::Cancelled, Some(true));
        }
        Pc::EndCapture
    }

    /// The order is not confirmed any more, which is final: there is nothing to resume.
    pub(super) fn end_capture(&mut self) -> Pc {
        self.own().noted = false;
        Pc::Idle
    }
}
