//! The steps of a run: each is one read or one write of one store or of the gateway.

mod compensate;
mod forward;
pub mod gateway;
mod pay;
mod ship;
pub mod stock;

use souk_domain::{
    order::{OrderEvent, OrderStatus},
    payment::PaymentState,
};

use crate::{
    guards::Guard,
    pc::{Chance, Pc},
    protocol::Protocol,
    state::{Intent, Lane, Order, Sin, State},
};

/// One step of one run: the state, and whose.
pub(crate) struct Step<'a> {
    pub protocol: &'a Protocol,
    pub state: &'a mut State,
    pub lane: usize,
}

impl Step<'_> {
    /// Does what this position says and tells the next one.
    pub fn run(mut self, pc: Pc, chance: Chance) -> Pc {
        match pc {
            Pc::Idle => Pc::Idle,
            Pc::Read => self.read(chance),
            Pc::Attach => self.attach(),
            Pc::Open => self.open(),
            Pc::Create => self.create(chance),
            Pc::KeepId => self.keep_id(),
            Pc::Confirm => self.confirm(chance),
            Pc::Ask => self.ask(),
            Pc::Keep(outcome) => self.keep(outcome),
            Pc::CommitEarly => self.commit_early(),
            Pc::Decide => self.decide(),
            Pc::Cancel => self.cancel(),
            Pc::Commit => self.commit(),
            Pc::Recheck => self.recheck(),
            Pc::SettleForward => self.settle_forward(),
            Pc::Fence => self.fence(),
            Pc::Advance(seen) => self.advance(seen),
            Pc::CancelIntent => self.cancel_intent(),
            Pc::AskRefusal => self.ask_refusal(),
            Pc::Refund => self.refund(),
            Pc::KeepEnd(end) => self.keep_end(end),
            Pc::Release => self.release(),
            Pc::Undo => self.undo(),
            Pc::Unmark => self.unmark(),
            Pc::SettleBack => self.settle_back(),
            Pc::ShipRead => self.ship_read(),
            Pc::Claim => self.claim(),
            Pc::Capture => self.capture(chance),
            Pc::AskCapture => self.ask_capture(Pc::KeepRefused),
            Pc::AskOutdated => self.ask_capture(Pc::KeepOutdated),
            Pc::KeepCaptured => self.keep_captured(),
            Pc::KeepRefused => self.keep_refused(),
            Pc::KeepOutdated if self.guarded_by(Guard::RefusedOwnAttempt) => self.left_to_sweeper(),
            Pc::KeepOutdated => self.keep_refused(),
            Pc::Ship => self.ship(),
            Pc::CancelLapsed => self.cancel_lapsed(),
            Pc::EndCapture => self.end_capture(),
        }
    }

    fn guarded_by(&self, guard: Guard) -> bool {
        self.protocol.guards.has(guard)
    }

    fn own(&mut self) -> &mut Lane {
        &mut self.state.lanes[self.lane]
    }

    /// The order: runs are only ever started for one that was placed.
    fn order(&self) -> Order {
        self.state.lanes[self.lane].order.unwrap_or(Order { status: OrderStatus::Cancelled, unsettled: false, hold: 0 })
    }

    /// Writes a status, and `unsettled` where it is told.
    fn write_status(&mut self, event: OrderEvent, to: OrderStatus, unsettled: Option<bool>) {
        write_status(self.state, self.lane, event, to, unsettled);
    }

    fn record(&self) -> Option<PaymentState> {
        self.state.lanes[self.lane].record
    }

    fn intent(&self) -> Intent {
        self.state.lanes[self.lane].intent
    }
}

/// Writes an order's status, and `unsettled` where it is told.
pub(crate) fn write_status(
    state: &mut State,
    lane: usize,
    event: OrderEvent,
    to: OrderStatus,
    unsettled: Option<bool>,
) {
    let Some(order) = &mut state.lanes[lane].order else { return };
    if order.status.apply(event) != Ok(to) {
        state.sins.commit(Sin::IllegalEdge);
    }
    order.status = to;
    order.unsettled = unsettled.unwrap_or(order.unsettled);
}

/// True where the order is confirmed or later.
pub(crate) fn is_confirmed(status: OrderStatus) -> bool {
    matches!(status, OrderStatus::Confirmed | OrderStatus::Shipped | OrderStatus::Delivered)
}
