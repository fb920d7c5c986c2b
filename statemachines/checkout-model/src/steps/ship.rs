//! Shipping: the money is taken, then the order is shipped. (Parcels and partial captures are another model's.)

use souk_domain::{
    order::{OrderEvent, OrderStatus},
    payment::PaymentState,
};

use super::{Chance, Step, decide, gateway};
use crate::{
    guards::Guard,
    state::{Call, Intent, Pc},
};

impl Step<'_> {
    /// Confirmed orders only.
    pub(super) fn ship_read(&mut self) -> Pc {
        match self.order().map(|order| order.status) {
            Some(OrderStatus::Confirmed) => Pc::Claim,
            Some(OrderStatus::PendingPayment) if !self.has(Guard::ShipConfirmed) => Pc::Claim,
            _ => Pc::EndCapture,
        }
    }

    /// Ship 1.
    pub(super) fn claim(&mut self) -> Pc {
        let noted = self.has(Guard::ClaimNotes);
        match self.record() {
            Some(PaymentState::Captured) => Pc::Ship,
            Some(PaymentState::Capturing) => Pc::Capture,
            Some(found) if found == PaymentState::Authorized || !self.has(Guard::ClaimAuthorized) => {
                let mine = self.mine();
                (mine.record, mine.noted) = (Some(PaymentState::Capturing), noted);
                Pc::Capture
            }
            _ => Pc::Idle,
        }
    }

    /// Ship 2.
    pub(super) fn capture(&mut self) -> Pc {
        let guards = self.protocol.guards;
        if gateway::take(guards, self.mine(), Call::Capture, Chance::None) { Pc::KeepCaptured } else { Pc::AskCapture }
    }

    /// Ship 2. What the gateway knows.
    pub(super) fn ask_capture(&mut self) -> Pc {
        let found = self.mine().intent;
        match found {
            Intent::Captured => Pc::KeepCaptured,
            Intent::Lapsed | Intent::Canceled if self.has(Guard::LapsedIsCancelled) => Pc::CancelLapsed,
            _ => Pc::Idle,
        }
    }

    /// Ship 2. CAPTURING.
    pub(super) fn keep_captured(&mut self) -> Pc {
        match self.record() {
            Some(PaymentState::Capturing) => {}
            Some(PaymentState::Captured) => return Pc::Ship,
            _ if self.has(Guard::CapturedFromCapturing) => return Pc::Idle,
            _ => {}
        }
        self.mine().record = Some(PaymentState::Captured);
        Pc::Ship
    }

    /// Ship 3. Where it was cancelled meanwhile the goods stay, and F2 refunds.
    pub(super) fn ship(&mut self) -> Pc {
        let still = self.has(Guard::ShipStill);
        let status = self.order().map(|order| order.status);
        if status == Some(OrderStatus::Confirmed) || (status == Some(OrderStatus::Cancelled) && !still) {
            decide(self.state, self.lane, OrderEvent::Ship, OrderStatus::Shipped);
        }
        Pc::EndCapture
    }

    /// The hold is gone at the gateway: the order is cancelled, with a reason.
    pub(super) fn cancel_lapsed(&mut self) -> Pc {
        if self.order().is_some_and(|order| order.status == OrderStatus::Confirmed) {
            decide(self.state, self.lane, OrderEvent::Cancel, OrderStatus::Cancelled);
            if let Some(order) = self.order() {
                order.unsettled = true;
            }
        }
        Pc::EndCapture
    }

    /// The order is not confirmed any more: there is nothing to resume.
    pub(super) fn end_capture(&mut self) -> Pc {
        self.mine().noted = false;
        Pc::Idle
    }
}
