//! The steps of a run: each is one read or one write of one store or of the gateway.

mod back;
mod checkout;
mod forward;
pub mod gateway;
mod pay;
mod renew;
mod ship;
mod stock;

use souk_domain::{
    order::{OrderEvent, OrderStatus},
    payment::PaymentState,
};

pub(crate) use self::stock::collect;
use crate::{
    Protocol,
    guards::Guard,
    state::{Lane, Order, Pc, Run, Sin, State},
};

/// What is left to chance in a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chance {
    /// Nothing; the money is held.
    None,
    /// S0: by this function's clock the order's time to pay is over.
    Overdue,
    /// The card is declined, or the bank refuses a refund.
    Refused,
}

/// One step of one run.
pub(crate) struct Step<'a> {
    pub protocol: &'a Protocol,
    pub state: &'a mut State,
    pub lane: usize,
    pub slot: usize,
}

impl Step<'_> {
    /// Does what this position says and tells the next one.
    pub fn run(mut self, chance: Chance) -> Pc {
        let pc = self.own().pc;
        match pc {
            Pc::Idle => Pc::Idle,
            Pc::Put => self.put(),
            Pc::TakeTime => self.take_time(Pc::Hold),
            Pc::Replace => self.replace(),
            Pc::Hold => self.hold(),
            Pc::CloseOlder => self.close_older(),
            Pc::TakeOver => self.take_over(),
            Pc::CloseSoldOut => self.close_sold_out(),
            Pc::PutLate => self.put_late(),
            Pc::Attach => self.attach(),
            Pc::PutOrder => self.put_order(),
            Pc::CloseInTime => self.close_in_time(),
            Pc::Release => self.release(),
            Pc::PutCancelled => self.put_cancelled(),
            Pc::Read => self.read(chance),
            Pc::TakeTimeLate => self.take_time(Pc::Ensure),
            Pc::Ensure => self.ensure(),
            Pc::Authorize => self.authorize(chance),
            Pc::OpenRecord => self.open_record(),
            Pc::Create => self.create(),
            Pc::KeepId => self.keep_id(),
            Pc::Confirm => self.confirm(chance),
            Pc::Ask => self.ask(),
            Pc::AskOverdue => self.ask_overdue(),
            Pc::KeepAuthorized => self.keep(PaymentState::Authorized),
            Pc::KeepDeclined => self.keep(PaymentState::Declined),
            Pc::Decide => self.decide(),
            Pc::Commit => self.commit(),
            Pc::Settle => self.settle(),
            Pc::FenceFirst => self.fence_first(),
            Pc::Cancel => self.cancel(),
            Pc::Fence => self.fence(),
            Pc::GiveBack => self.give_back(),
            Pc::SayBack => self.say_back(),
            Pc::CancelIntent => self.cancel_intent(chance),
            Pc::AskRefusal => self.ask_refusal(),
            Pc::Refund => self.refund(chance),
            Pc::KeepVoided => self.keep_end(PaymentState::Voided),
            Pc::KeepRefunded => self.keep_end(PaymentState::Refunded),
            Pc::SettleBack => self.settle_back(),
            Pc::ShipRead => self.ship_read(),
            Pc::Claim => self.claim(),
            Pc::Capture => self.capture(),
            Pc::AskCapture => self.ask_capture(),
            Pc::KeepCaptured => self.keep_captured(),
            Pc::Ship => self.ship(),
            Pc::CancelLapsed => self.cancel_lapsed(),
            Pc::EndCapture => self.end_capture(),
            Pc::RenewRead => self.renew_read(),
            Pc::RenewWant => self.renew_want(),
            Pc::RenewCreate => self.renew_create(chance == Chance::Refused),
            Pc::RenewDrop => self.renew_drop(),
            Pc::RenewKeep => self.renew_keep(),
            Pc::RenewConfirm => self.renew_confirm(chance == Chance::Refused),
            Pc::RenewSwap => self.renew_swap(),
            Pc::RenewGiveUp => self.renew_give_up(),
            Pc::RenewCancel => self.renew_cancel(),
            Pc::RenewForget => self.renew_forget(),
            Pc::CancelOther => {
                self.cancel_other();
                self.undo_intent()
            }
            Pc::CollectSold | Pc::CollectReleased => self.collect(pc),
        }
    }

    fn has(&self, guard: Guard) -> bool {
        self.protocol.guards.has(guard)
    }

    fn own(&mut self) -> &mut Run {
        &mut self.state.lanes[self.lane].runs[self.slot]
    }

    fn mine(&mut self) -> &mut Lane {
        &mut self.state.lanes[self.lane]
    }

    fn record(&self) -> Option<PaymentState> {
        self.state.lanes[self.lane].record
    }

    /// The order, of a run that has read it.
    fn order(&mut self) -> Option<&mut Order> {
        self.state.lanes[self.lane].order.as_mut()
    }

    /// The time of what this run holds from here on is now.
    fn take_time(&mut self, then: Pc) -> Pc {
        let own = self.own();
        (own.outdated, own.below_floor) = (false, 0);
        then
    }

    /// A read that justifies a hold: its time was taken just before.
    fn read_in_time(&mut self) {
        if self.has(Guard::TimeBeforeRead) {
            self.take_time(Pc::Idle);
        }
        let own = self.own();
        (own.row, own.got, own.alone) = (0, [0; crate::bounds::ROWS], false);
    }
}

/// Writes an order's status, along an edge that the domain allows.
pub(crate) fn decide(state: &mut State, lane: usize, event: OrderEvent, to: OrderStatus) {
    let Some(order) = &mut state.lanes[lane].order else { return };
    let is_legal = order.status.apply(event) == Ok(to);
    order.status = to;
    state.lanes[lane].decided();
    if !is_legal {
        state.sin(Sin::IllegalEdge);
    }
}
