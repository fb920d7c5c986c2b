//! When the faults stop.
//!
//! From a state in which no run is left, sweepers, queue and reconciliation work alone, without faults, until they find
//! nothing more to do; the bank pays what is on its way, a late capture arrives. Then all must be at rest. What the
//! warehouses still have to send they may send for ever: a confirmed order of which nothing is about to leave is at rest.

use souk_domain::{order::OrderStatus, payment::PaymentState};

use crate::{
    Protocol,
    actions::Action,
    bounds::RUNS,
    guards::Guard,
    refunds::{ALL, Refunds, Standing},
    state::{Intent, Pc, State},
    steps::{Chance, captured},
};

/// What is not at rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unrest {
    /// The order is unsettled, its record has not ended, or a note is left.
    Order,
    /// A cancelled order's units did not come back, or others did.
    Units,
    /// Money is held or taken for nothing, or is not what is due.
    Money,
    /// The record's refunds are not the gateway's.
    Refunds,
}

/// The rounds after which something has to be settled.
const ROUNDS: usize = 8;

/// What is wrong once everything had time to settle.
pub(crate) fn unrest(protocol: &Protocol, mut state: State) -> Option<Unrest> {
    protocol.sweep(&mut state);
    if state.gateway.late_capture {
        protocol.apply(&mut state, Action::Arrive(Chance::None));
    }
    for id in 0..ALL {
        if let Some((Standing::Pending, _)) = state.gateway.refunds.get(id) {
            protocol.apply(&mut state, Action::Bank(id, true));
        }
    }
    protocol.sweep(&mut state);
    at_rest(&state)
}

impl Protocol {
    fn sweep(&self, state: &mut State) {
        let has = |guard| self.guards.has(guard);
        for _ in 0..ROUNDS {
            let before = *state;
            if state.record.noted && has(Guard::SweepCaptures) {
                self.drive(state, Action::Resume);
            }
            if state.order.unsettled && has(Guard::SweepOrders) {
                self.drive(state, Action::Compensate);
            }
            for number in (0..8).filter(|number| before.events & (1 << number) != 0) {
                self.drive(state, Action::Consume(number));
            }
            let taken = captured(&state.record).is_some();
            let pending = state.record.refunds.has_pending() && has(Guard::SweepRefunds);
            let differs = !agree(state.record.refunds, state.gateway.refunds) && has(Guard::Reconcile);
            if taken && (pending || (differs && !state.record.refunds.has_pending())) {
                self.drive(state, Action::SettleRefunds);
            }
            if *state == before {
                return;
            }
        }
    }

    /// One run, alone and without faults, to its end.
    fn drive(&self, state: &mut State, start: Action) {
        self.apply(state, start);
        for _ in 0..30 {
            let Some(slot) = (0..RUNS).find(|slot| state.runs[*slot].pc != Pc::Idle) else { return };
            self.step(state, slot as u8, Chance::None);
        }
    }
}

fn at_rest(state: &State) -> Option<Unrest> {
    let (order, record) = (&state.order, &state.record);
    let is_cancelled = order.status == OrderStatus::Cancelled;
    // Once the money is taken, whatever was to leave leaves.
    let waits = order.has_departed() && order.which(|shipment| shipment.leaving != 0) != 0;
    if record.noted || order.unsettled || waits {
        return Some(Unrest::Order);
    }
    if state.returned != is_cancelled.then(|| order.due()) {
        return Some(Unrest::Units);
    }
    let owed = if is_cancelled { 0 } else { order.due() };
    match (record.state, state.gateway.intent) {
        (PaymentState::Authorized, Intent::Held | Intent::Lapsed) if !is_cancelled && !order.has_departed() => None,
        (PaymentState::Voided, Intent::Canceled | Intent::Lapsed) if is_cancelled => None,
        (PaymentState::Captured, Intent::Captured(_)) if !order.has_departed() => Some(Unrest::Money),
        (PaymentState::Captured | PaymentState::Refunded, Intent::Captured(taken)) => {
            let refunds = record.refunds;
            let kept = taken.saturating_sub(refunds.refunded());
            // A refund that has failed is an operator's case, and is not made again by itself.
            if (record.state == PaymentState::Refunded) != is_cancelled {
                Some(Unrest::Order)
            } else if taken != record.captured || kept + refunds.by_choice() < owed || kept > owed + refunds.failed() {
                Some(Unrest::Money)
            } else if !agree(refunds, state.gateway.refunds) {
                Some(Unrest::Refunds)
            } else {
                None
            }
        }
        (PaymentState::Authorized | PaymentState::Capturing | PaymentState::Voiding, _) if is_cancelled => {
            Some(Unrest::Order)
        }
        _ => Some(Unrest::Money),
    }
}

/// What the gateway would not make has failed; all else stands in both as it is.
fn agree(ours: Refunds, theirs: Refunds) -> bool {
    (0..ALL).all(|id| match (ours.get(id), theirs.get(id)) {
        (ours, Some(theirs)) => ours == Some(theirs),
        (ours, None) => ours.is_none_or(|(standing, _)| standing == Standing::Failed),
    })
}
