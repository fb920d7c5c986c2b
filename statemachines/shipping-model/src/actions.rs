//! What can happen in a state, and what it does.

use souk_domain::order::OrderStatus;

use crate::{
    Protocol,
    bounds::WAREHOUSES,
    guards::Guard,
    refunds::{ASKED, CONSOLE, Standing},
    state::{Intent, Pc, Run, Shipment, Sin, State},
    steps::{Chance, Step, captured, gateway, leave, may_be_asked, write},
};

/// One thing that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// A warehouse packs.
    Pack(u8),
    /// A warehouse finds a unit fewer than it is to pick.
    FallShort(u8),
    /// The customer cancels.
    CustomerCancels,
    /// An operator cancels.
    OperatorCancels,
    /// A warehouse, or an operator for all of them, lets these parcels leave: one bit each.
    Ship(u8),
    /// The sweeper resumes a capture.
    Resume,
    /// The saga runs for the cancelled order.
    Compensate,
    /// A shortage's event is consumed.
    Consume(u8),
    /// An operator asks for a refund.
    Ask(u8),
    /// Refunds are settled, for whatever reason: they were asked for, a webhook came, a sweeper.
    SettleRefunds,
    /// A run does its next step.
    Step(u8, Chance),
    /// A run is killed.
    Kill(u8),
    /// A run is killed while its capture is on the way.
    KillLate(u8),
    /// That capture arrives.
    Arrive(Chance),
    /// The hold runs out.
    Lapse,
    /// Somebody refunds a unit's price at the gateway's console.
    RefundAtConsole,
    /// The bank has a refund's outcome: a pending one succeeds, or any fails.
    Bank(u8, bool),
    /// The gateway forgets its idempotency keys, a day later.
    Forget,
}

impl Protocol {
    pub(crate) fn enabled(&self, state: &State, actions: &mut Vec<Action>) {
        self.people(state, actions);
        let free = state.runs.iter().take(self.bounds.at_once).any(|run| run.pc == Pc::Idle);
        if free {
            self.starts(state, actions);
        }
        for (slot, run) in (0..).zip(&state.runs).filter(|(_, run)| run.pc != Pc::Idle) {
            actions.push(Action::Kill(slot));
            actions.push(Action::Step(slot, Chance::None));
            let may_refuse = match run.pc {
                Pc::Capture => self.bounds.troubles && state.gateway.intent == Intent::Held,
                Pc::Make => self.bounds.failures,
                _ => false,
            };
            if may_refuse {
                actions.push(Action::Step(slot, Chance::Refuses));
            }
            if run.pc == Pc::Capture && self.bounds.troubles && !state.gateway.late_capture {
                actions.push(Action::KillLate(slot));
            }
        }
        self.elsewhere(state, actions);
    }

    fn people(&self, state: &State, actions: &mut Vec<Action>) {
        let (order, has) = (&state.order, |guard| self.guards.has(guard));
        let confirmed = order.status == OrderStatus::Confirmed;
        for (number, shipment) in (0..).zip(&order.shipments).filter(|(_, shipment)| shipment.units > 0) {
            if !shipment.packed && (confirmed || !has(Guard::PackConfirmed)) {
                actions.push(Action::Pack(number));
            }
            let untouched = !shipment.packed && shipment.leaving == 0 && !shipment.left;
            let may = confirmed || (!has(Guard::ShortConfirmed) && order.status == OrderStatus::Cancelled);
            if self.bounds.shortages && may && (untouched || !has(Guard::ShortUnpacked)) {
                actions.push(Action::FallShort(number));
            }
        }
        let in_time = !order.has_departed() || !has(Guard::CancelUndeparted);
        let unpacked = order.which(|shipment| shipment.packed) == 0 || !has(Guard::CustomerUnpacked);
        if confirmed && in_time {
            actions.push(Action::OperatorCancels);
            if unpacked {
                actions.push(Action::CustomerCancels);
            }
        }
        for (number, id) in (0..self.bounds.asked).zip(ASKED) {
            let amount = self.asked_for(state, number);
            if state.record.refunds.get(id).is_none() && may_be_asked(self.guards, state, amount) {
                actions.push(Action::Ask(number));
            }
        }
    }

    /// The first refund is of one unit's price, the second of all that is left.
    fn asked_for(&self, state: &State, number: u8) -> u8 {
        if number == 0 { 1 } else { state.record.captured.saturating_sub(state.record.refunds.refunded()) }
    }

    fn starts(&self, state: &State, actions: &mut Vec<Action>) {
        let order = &state.order;
        let may_begin = order.status == OrderStatus::Confirmed
            || (order.status == OrderStatus::Cancelled && !self.guards.has(Guard::BeginConfirmed));
        if may_begin {
            let all = order.which(|shipment| shipment.units > 0 && !shipment.left);
            let packed = order.which(|shipment| shipment.units > 0 && !shipment.left && shipment.packed);
            for number in (0..WAREHOUSES).filter(|number| packed & (1 << number) != 0) {
                actions.push(Action::Ship(1 << number));
            }
            // One that is packed stands there already.
            if all.count_ones() > 1 || all & !packed != 0 {
                actions.push(Action::Ship(all));
            }
        }
        if state.record.noted {
            actions.push(Action::Resume);
        }
        if order.status == OrderStatus::Cancelled && order.unsettled {
            actions.push(Action::Compensate);
        }
        actions.extend((0..8).filter(|number| state.events & (1 << number) != 0).map(Action::Consume));
        if captured(&state.record).is_some()
            && (state.record.refunds.has_pending() || state.record.refunds != state.gateway.refunds)
        {
            actions.push(Action::SettleRefunds);
        }
    }

    fn elsewhere(&self, state: &State, actions: &mut Vec<Action>) {
        let there = &state.gateway;
        if there.late_capture {
            actions.push(Action::Arrive(Chance::None));
        }
        if self.bounds.troubles && there.intent == Intent::Held {
            actions.push(Action::Lapse);
        }
        if let Intent::Captured(captured) = there.intent {
            let fits = there.refunds.refunded() < captured && there.refunds.get(CONSOLE).is_none();
            if self.bounds.console && fits {
                actions.push(Action::RefundAtConsole);
            }
        }
        for (id, standing, _) in there.refunds.iter() {
            if standing == Standing::Pending {
                actions.push(Action::Bank(id, true));
            }
            if standing != Standing::Failed && self.bounds.failures {
                actions.push(Action::Bank(id, false));
            }
        }
        if there.keys != 0 && state.runs.iter().all(|run| run.pc == Pc::Idle) && state.record.refunds.has_pending() {
            actions.push(Action::Forget);
        }
    }

    /// Does what an action says.
    pub fn apply(&self, state: &mut State, action: Action) {
        match action {
            Action::Pack(number) => {
                let writes = self.guards.has(Guard::PackWritesOrder);
                let shipment = &mut state.order.shipments[usize::from(number)];
                // Without its guard only the warehouse's own list says so.
                (shipment.packed, shipment.boxed) = (writes, true);
            }
            Action::FallShort(number) => self.fall_short(state, number.into()),
            Action::CustomerCancels => {
                if state.order.which(|shipment| shipment.boxed) != 0 {
                    state.sin(Sin::CancelledPacked);
                }
                self.cancel(state);
            }
            Action::OperatorCancels => self.cancel(state),
            Action::Ship(of) => self.begin_to_leave(state, of),
            Action::Resume => self.resume(state),
            Action::Compensate => start(state, Run { pc: Pc::Fence, ..Run::IDLE }),
            Action::Consume(number) => {
                let money = state.order.due();
                // A cancelled order's money goes back as a whole.
                let cancelled = state.order.status == OrderStatus::Cancelled;
                let pc = if cancelled { Pc::TakeEvent } else { Pc::EventShortfall };
                if !self.guards.has(Guard::Redeliver) {
                    state.events &= !(1 << number);
                }
                start(state, Run { pc, of: number, money, ..Run::IDLE });
            }
            Action::Ask(number) => {
                let amount = self.asked_for(state, number);
                if state.record.refunds.refunded() + amount > state.record.captured {
                    state.sin(Sin::RefundsExceed);
                }
                write(state, |record| record.refunds.set(ASKED[usize::from(number)], Standing::Pending, amount));
            }
            Action::SettleRefunds => self.settle_refunds(state),
            Action::Step(slot, chance) => self.step(state, slot, chance),
            Action::Kill(slot) => end(state, slot.into()),
            Action::KillLate(slot) => {
                state.gateway.late_capture = true;
                end(state, slot.into());
            }
            Action::Arrive(chance) => {
                state.gateway.late_capture = false;
                let amount = state.record.claimed;
                gateway::capture(self.guards, state, amount, chance);
            }
            Action::Lapse => state.gateway.intent = Intent::Lapsed,
            Action::RefundAtConsole => {
                gateway::refund(self.guards, state, CONSOLE, 1);
            }
            Action::Bank(id, pays) => {
                if let Some((_, amount)) = state.gateway.refunds.get(id) {
                    let standing = if pays { Standing::Succeeded } else { Standing::Failed };
                    state.gateway.refunds.set(id, standing, amount);
                }
            }
            Action::Forget => state.gateway.keys = 0,
        }
    }

    pub(crate) fn step(&self, state: &mut State, slot: u8, chance: Chance) {
        let next = Step { protocol: self, state, slot: slot.into() }.run(chance);
        if next == Pc::Idle {
            end(state, slot.into());
        } else {
            let run = &mut state.runs[usize::from(slot)];
            run.pc = next;
        }
    }

    fn cancel(&self, state: &mut State) {
        if state.order.has_departed() {
            state.sin(Sin::LeftCancelled);
        }
        let unsettled = state.order.unsettled || self.guards.has(Guard::CancelUnsettles);
        (state.order.status, state.order.unsettled) = (OrderStatus::Cancelled, unsettled);
    }

    /// Short 1.
    fn fall_short(&self, state: &mut State, number: usize) {
        let shipment = &mut state.order.shipments[number];
        let touched = shipment.packed || shipment.leaving != 0 || shipment.left;
        shipment.units -= 1;
        shipment.missing += 1;
        let shortages = state.order.missing();
        state.events |= 1 << (shortages - 1);
        if touched {
            state.sin(Sin::MissedPacked);
        }
        if state.order.due() == 0 {
            if self.guards.has(Guard::ShortCancelsEmpty) {
                state.order.status = OrderStatus::Cancelled;
                state.order.unsettled |= self.guards.has(Guard::ShortUnsettles);
            }
        } else if state.order.all_have_left() && self.guards.has(Guard::ShortShipsRest) {
            state.order.status = OrderStatus::Shipped;
        }
    }

    /// Ship 0, or ship 3 where a parcel has left before.
    fn begin_to_leave(&self, state: &mut State, of: u8) {
        let Some(slot) = free(state) else { return };
        let departed = state.order.has_departed();
        for (number, shipment) in (0..).zip(&mut state.order.shipments) {
            if of & (1 << number) == 0 || shipment.left {
                continue;
            }
            shipment.told_to_stay = false;
            if !departed && self.guards.has(Guard::BeginSaysLeaving) {
                let others = if self.guards.has(Guard::BeginKeepsOthers) { shipment.leaving } else { 0 };
                shipment.leaving = others | 1 << slot;
            }
        }
        if departed {
            leave(self.guards, state, of, None);
            return;
        }
        let money = state.order.due();
        state.runs[slot] = Run { pc: Pc::Claim, of, money, ..Run::IDLE };
    }

    fn resume(&self, state: &mut State) {
        let order = &state.order;
        let leaving = order.which(|shipment| shipment.leaving != 0);
        let of = if self.guards.has(Guard::ResumeAsItIs) { Run::WHATEVER_LEAVES } else { leaving };
        let confirmed = order.status == OrderStatus::Confirmed || !self.guards.has(Guard::ResumeConfirmed);
        let money = order.due();
        let pc = if confirmed && leaving != 0 {
            Pc::FindClaim
        } else if order.has_departed() {
            Pc::Shortfall(true)
        } else {
            Pc::EndCapture(false)
        };
        start(state, Run { pc, of, money, ..Run::IDLE });
    }

    /// Refund 2 begins with reading the record.
    fn settle_refunds(&self, state: &mut State) {
        let (read, told) = (state.record.refunds, state.gateway.refunds);
        let run = match self.guards.has(Guard::ListAfterRecord) {
            true => Run { pc: Pc::List, read, fresh: true, ..Run::IDLE },
            false => Run { pc: Pc::List, told, ..Run::IDLE },
        };
        start(state, run);
    }
}

fn free(state: &State) -> Option<usize> {
    state.runs.iter().position(|run| run.pc == Pc::Idle)
}

fn start(state: &mut State, run: Run) {
    if let Some(slot) = free(state) {
        state.runs[slot] = run;
    }
}

/// The call that had this place is over: what it wanted to leave names nobody any more.
fn end(state: &mut State, slot: usize) {
    state.runs[slot] = Run::IDLE;
    for shipment in &mut state.order.shipments {
        if shipment.leaving & (1 << slot) != 0 {
            shipment.leaving = shipment.leaving & !(1 << slot) | Shipment::DEAD;
        }
    }
}
