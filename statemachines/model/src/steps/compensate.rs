//! F1 to F4: the order is cancelled, money and units go back.

use souk_domain::{
    order::{OrderEvent, OrderStatus},
    payment::{Fence, PaymentState},
};

use super::{Step, gateway, is_confirmed, stock};
use crate::{
    calls::Call,
    guards::Guard,
    pc::{Chance, End, Pc, ReadRecord},
    state::{Intent, Sin},
};

impl ReadRecord {
    /// What was read, where it is to be fenced.
    fn of(record: PaymentState, known: bool) -> Option<Self> {
        Some(match record {
            PaymentState::Intent if known => Self::Intent,
            PaymentState::Intent => Self::UnknownIntent,
            PaymentState::RequiresAction => Self::RequiresAction,
            PaymentState::Declined => Self::Declined,
            PaymentState::Authorized => Self::Authorized,
            PaymentState::Capturing => Self::Capturing,
            PaymentState::Captured => Self::Captured,
            PaymentState::Voiding | PaymentState::Voided | PaymentState::Refunded => return None,
        })
    }

    fn state(self) -> PaymentState {
        match self {
            Self::UnknownIntent | Self::Intent => PaymentState::Intent,
            Self::RequiresAction => PaymentState::RequiresAction,
            Self::Declined => PaymentState::Declined,
            Self::Authorized => PaymentState::Authorized,
            Self::Capturing => PaymentState::Capturing,
            Self::Captured => PaymentState::Captured,
        }
    }
}

impl Step<'_> {
    /// F1. Pending only.
    pub(super) fn cancel(&mut self) -> Pc {
        let status = self.order().status;
        match status {
            OrderStatus::PendingPayment => {}
            OrderStatus::Cancelled => return Pc::Fence,
            OrderStatus::Confirmed if !self.guarded_by(Guard::SagaCancelsPending) => {
                // An edge, but not one for the saga.
                self.state.sins.commit(Sin::IllegalEdge);
            }
            _ if self.guarded_by(Guard::ConfirmedGoesForward) => return Pc::Commit,
            _ => return Pc::Fence,
        }
        self.write_status(OrderEvent::Cancel, OrderStatus::Cancelled, Some(true));
        Pc::Fence
    }

    /// F2a. No record: VOIDED. Else it is judged.
    pub(super) fn fence(&mut self) -> Pc {
        if !self.guarded_by(Guard::SettleLast) {
            self.settle_cancelled();
        }
        if !self.guarded_by(Guard::FenceFirst) {
            return Pc::Release;
        }
        match self.record() {
            None => {
                if self.guarded_by(Guard::FenceAbsent) {
                    self.own().record = Some(PaymentState::Voided);
                }
                Pc::Release
            }
            Some(found) => self.judge(found),
        }
    }

    fn judge(&mut self, found: PaymentState) -> Pc {
        let left_alone = match found {
            PaymentState::Declined => !self.guarded_by(Guard::FenceDeclined),
            PaymentState::Capturing => !self.guarded_by(Guard::FenceCapturing),
            PaymentState::Captured => !self.guarded_by(Guard::FenceCaptured),
            _ => false,
        };
        match ReadRecord::of(found, self.own().known) {
            _ if left_alone => Pc::Release,
            Some(seen) => Pc::Advance(seen),
            None => Pc::Release,
        }
    }

    /// F2a. The record as it was seen: closed where the gateway's id is unknown, else VOIDING.
    pub(super) fn advance(&mut self, seen: ReadRecord) -> Pc {
        let Some(found) = self.record() else { return Pc::Idle };
        let closes = match seen.state().fence(seen != ReadRecord::UnknownIntent) {
            Fence::Close => true,
            _ => seen == ReadRecord::Intent && !self.guarded_by(Guard::CloseUnknownOnly),
        };
        let unknown_still =
            seen != ReadRecord::UnknownIntent || !self.own().known || !self.guarded_by(Guard::CloseWhileUnknown);
        let as_seen = (found == seen.state() && unknown_still) || !self.guarded_by(Guard::FenceAsSeen);
        if !as_seen {
            return self.judge(found);
        }
        self.own().record = Some(if closes { PaymentState::Voided } else { PaymentState::Voiding });
        Pc::Release
    }

    /// F2b. Only what is VOIDING is undone: without an id there is nothing to undo.
    pub(super) fn undo(&mut self) -> Pc {
        if self.record() != Some(PaymentState::Voiding) && self.guarded_by(Guard::FenceFirst) {
            return self.after_money();
        }
        if self.own().known && self.guarded_by(Guard::VoidAtGateway) {
            Pc::CancelIntent
        } else {
            Pc::KeepEnd(End::Voided)
        }
    }

    /// F2b. Nothing is held afterwards, unless it was taken already.
    pub(super) fn cancel_intent(&mut self) -> Pc {
        let guards = self.protocol.guards;
        if gateway::take(guards, self.own(), Call::Cancel, Chance::None) {
            Pc::KeepEnd(End::Voided)
        } else {
            Pc::AskRefusal
        }
    }

    /// F2b. Why the gateway refuses.
    pub(super) fn ask_refusal(&mut self) -> Pc {
        match self.intent() {
            Intent::Captured | Intent::Refunded if self.guarded_by(Guard::RefundCaptured) => Pc::Refund,
            Intent::Canceled | Intent::Lapsed | Intent::Captured | Intent::Refunded => Pc::KeepEnd(End::Voided),
            // It does not fit: the run fails, and a person hears of it.
            _ => Pc::Idle,
        }
    }

    /// F2b. Once, whatever is repeated.
    pub(super) fn refund(&mut self) -> Pc {
        let guards = self.protocol.guards;
        gateway::take(guards, self.own(), Call::Refund, Chance::None);
        Pc::KeepEnd(End::Refunded)
    }

    /// F2c. VOIDING.
    pub(super) fn keep_end(&mut self, end: End) -> Pc {
        let fenced = self.record() == Some(PaymentState::Voiding) || !self.guarded_by(Guard::EndVoiding);
        if fenced || !self.guarded_by(Guard::FenceFirst) {
            self.own().record = Some(match end {
                End::Voided => PaymentState::Voided,
                End::Refunded => PaymentState::Refunded,
            });
        }
        self.after_money()
    }

    /// F3. Held for this order, or for its checkout; or committed and not yet returned.
    pub(super) fn release(&mut self) -> Pc {
        let hold = usize::from(self.order().hold);
        stock::give_back(self.protocol.guards, self.state, hold, self.lane as u8);
        Pc::Undo
    }

    fn after_money(&mut self) -> Pc {
        if !self.protocol.bounds.contest.has_marker() {
            Pc::SettleBack
        } else if self.guarded_by(Guard::UnmarkFirst) {
            Pc::Unmark
        } else {
            self.settle_cancelled();
            Pc::Unmark
        }
    }

    /// F4. The order's own mark.
    pub(super) fn unmark(&mut self) -> Pc {
        let own = self.state.marker == Some(self.lane as u8) || !self.guarded_by(Guard::UnmarkOwn);
        if own && self.guarded_by(Guard::UnmarkCart) && self.order().status == OrderStatus::Cancelled {
            self.state.marker = None;
        }
        Pc::SettleBack
    }

    /// F4. Cancelled.
    pub(super) fn settle_back(&mut self) -> Pc {
        self.settle_cancelled();
        Pc::Idle
    }

    fn settle_cancelled(&mut self) {
        if !is_confirmed(self.order().status) {
            self.settle();
        }
    }
}
