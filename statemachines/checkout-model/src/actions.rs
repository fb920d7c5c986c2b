//! What can happen in a state, and what it does.

use souk_domain::{
    order::{OrderEvent, OrderStatus},
    payment::PaymentState,
};

use crate::{
    Protocol,
    bounds::{Money, ROWS},
    guards::Guard,
    state::{Call, Checkout, Intent, Pc, Renewal, Run, State},
    steps::{Chance, Step, collect, decide, gateway},
};

/// One thing that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// The checkout is asked for, the first time or again, however late.
    CheckOut(u8),
    /// Its order is.
    PlaceOrder(u8),
    /// The checkout's timer fires, early or late, or its shopper gives it up.
    Timer(u8),
    /// The saga starts, for whatever reason.
    Start(u8),
    /// The order is shipped.
    StartShipping(u8),
    /// The authorisation is made anew, or the sweeper goes on with that.
    Renew(u8),
    /// The customer or an operator cancels.
    PeopleCancel(u8),
    /// The shopper takes another card.
    AnotherCard(u8),
    /// A mark is to be collected.
    Collect(u8, u8),
    /// A run does its next step.
    Step(u8, u8, Chance),
    /// A run is killed.
    Kill(u8, u8),
    /// A run is killed while its call is on the way.
    KillLate(u8, u8),
    /// That call arrives.
    Arrive(u8, Call, Chance),
    /// The shopper pays with the intent's secret.
    Pay(u8),
    /// The hold runs out at the gateway.
    Lapse(u8),
    /// The checkout is forgotten, a day later.
    Forget(u8),
    /// An operator takes a unit away.
    Adjust,
    /// An operator reads a row, to count it.
    Look,
    /// They write what they counted: a unit more.
    Count,
    /// A unit that nobody holds moves from this row to the other, in a transaction.
    Move(u8),
}

impl Protocol {
    pub(crate) fn enabled(&self, state: &State, actions: &mut Vec<Action>) {
        for number in 0..self.bounds.plans.len() as u8 {
            self.shopping(state, number, actions);
            self.runs(state, number, actions);
            self.elsewhere(state, number, actions);
        }
        let row = &state.rows[0];
        if self.bounds.moves {
            actions.extend((0..ROWS).filter(|row| state.rows[*row].available > 0).map(|row| Action::Move(row as u8)));
        }
        if self.bounds.operator {
            if state.operator_left.0 && (row.available > 0 || !self.guards.has(Guard::AdjustAvailable)) {
                actions.push(Action::Adjust);
            }
            match state.count {
                None if state.operator_left.1 => actions.push(Action::Look),
                Some((_, _, fresh)) if fresh || !self.guards.has(Guard::PutAsSeen) => actions.push(Action::Count),
                _ => {}
            }
        }
    }

    fn shopping(&self, state: &State, number: u8, actions: &mut Vec<Action>) {
        let lane = &state.lanes[usize::from(number)];
        let has = |guard| self.guards.has(guard);
        let status = lane.status();
        let confirmed = status == Some(OrderStatus::Confirmed);
        if matches!(status, Some(OrderStatus::PendingPayment))
            || confirmed
            || (status == Some(OrderStatus::Shipped) && !has(Guard::PeopleUnshipped))
        {
            actions.push(Action::PeopleCancel(number));
        }
        let may_change = lane.record == Some(PaymentState::Declined)
            || (lane.record.is_some_and(PaymentState::is_fenced) && !has(Guard::AnotherCardPending));
        if lane.another_card && may_change && status == Some(OrderStatus::PendingPayment) {
            actions.push(Action::AnotherCard(number));
        }
        if lane.runs.iter().filter(|run| run.pc != Pc::Idle).count() >= self.bounds.at_once[usize::from(number)] {
            return;
        }
        if lane.requests.0 > 0 {
            actions.push(Action::CheckOut(number));
        }
        if lane.requests.1 > 0 && lane.checkout != Checkout::None {
            actions.push(Action::PlaceOrder(number));
        }
        if lane.checkout != Checkout::None && !lane.timer_over {
            actions.push(Action::Timer(number));
        }
        if lane.order.is_some() {
            actions.push(Action::Start(number));
        }
        let shippable = confirmed || (status == Some(OrderStatus::PendingPayment) && !has(Guard::ShipConfirmed));
        if self.bounds.ships && shippable {
            actions.push(Action::StartShipping(number));
        }
        let renewable = lane.record == Some(PaymentState::Authorized) && confirmed && lane.renewals > 0;
        if renewable || lane.renewal != Renewal::None {
            actions.push(Action::Renew(number));
        }
        for row in 0..ROWS {
            if collect(self.guards, state, number.into(), row).is_some() {
                actions.push(Action::Collect(number, row as u8));
            }
        }
    }

    fn runs(&self, state: &State, number: u8, actions: &mut Vec<Action>) {
        let lane = &state.lanes[usize::from(number)];
        for (slot, run) in lane.runs.iter().enumerate() {
            if run.pc == Pc::Idle || (slot > 0 && lane.runs[slot - 1] == *run) {
                continue;
            }
            let slot = slot as u8;
            actions.push(Action::Kill(number, slot));
            actions.push(Action::Step(number, slot, Chance::None));
            let other = match run.pc {
                Pc::Read if lane.status() == Some(OrderStatus::PendingPayment) => Some(Chance::Overdue),
                Pc::Authorize | Pc::RenewCreate | Pc::RenewConfirm => Some(Chance::Refused),
                Pc::Confirm if gateway::is_payable(lane.intent) => Some(Chance::Refused),
                Pc::Refund if self.bounds.ages => Some(Chance::Refused),
                Pc::CancelIntent if self.bounds.ages && self.bounds.money == Money::Simple => Some(Chance::Refused),
                _ => None,
            };
            actions.extend(other.map(|chance| Action::Step(number, slot, chance)));
            if call_of(run.pc).is_some_and(|call| lane.late & (1 << call as u8) == 0)
                && lane.late.count_ones() < self.bounds.late_calls
            {
                actions.push(Action::KillLate(number, slot));
            }
        }
    }

    fn elsewhere(&self, state: &State, number: u8, actions: &mut Vec<Action>) {
        let lane = &state.lanes[usize::from(number)];
        for call in Call::ALL.into_iter().filter(|call| lane.late & (1 << *call as u8) != 0) {
            actions.push(Action::Arrive(number, call, Chance::None));
            if call == Call::Confirm && gateway::is_payable(lane.intent) {
                actions.push(Action::Arrive(number, call, Chance::Refused));
            }
        }
        if self.bounds.money == Money::Calls && lane.known && gateway::is_payable(lane.intent) {
            actions.push(Action::Pay(number));
        }
        if self.bounds.ages && lane.intent == Intent::Held {
            actions.push(Action::Lapse(number));
        }
        let is_over = matches!(lane.checkout, Checkout::Closed | Checkout::Ordered) && lane.timer_over;
        let asked = lane.requests.0 == 0 && !lane.is_running();
        if is_over && (asked || !self.guards.has(Guard::ForgetLate)) {
            actions.push(Action::Forget(number));
        }
    }

    /// Does what an action says.
    pub fn apply(&self, state: &mut State, action: Action) {
        let before = state.rows[0];
        self.do_(state, action);
        if state.rows[0] != before
            && let Some((_, _, fresh)) = &mut state.count
        {
            *fresh = false;
        }
    }

    fn do_(&self, state: &mut State, action: Action) {
        let guards = self.guards;
        match action {
            Action::CheckOut(lane) => {
                state.lanes[usize::from(lane)].requests.0 -= 1;
                start(state, lane, Run::at(Pc::Put));
            }
            Action::PlaceOrder(lane) => {
                state.lanes[usize::from(lane)].requests.1 -= 1;
                let first = if guards.has(Guard::AttachFirst) { Pc::Attach } else { Pc::PutOrder };
                start(state, lane, Run::at(first));
            }
            Action::Timer(lane) => start(state, lane, Run::at(Pc::CloseInTime)),
            Action::Start(lane) => start(state, lane, Run::at(Pc::Read)),
            Action::StartShipping(lane) => start(state, lane, Run::at(Pc::ShipRead)),
            Action::Renew(lane) => start(state, lane, Run::at(Pc::RenewRead)),
            Action::PeopleCancel(lane) => self.people_cancel(state, lane),
            Action::AnotherCard(lane) => {
                let lane = &mut state.lanes[usize::from(lane)];
                (lane.record, lane.another_card) = (Some(PaymentState::Intent), false);
                lane.other_held = !guards.has(Guard::OneIntent);
            }
            Action::Collect(lane, row) => {
                if let Some(run) = collect(guards, state, lane.into(), row.into()) {
                    start(state, lane, run);
                }
            }
            Action::Step(lane, slot, chance) => self.step(state, lane, slot, chance),
            Action::Kill(lane, slot) => state.lanes[usize::from(lane)].runs[usize::from(slot)] = Run::IDLE,
            Action::KillLate(lane, slot) => {
                let lane = &mut state.lanes[usize::from(lane)];
                if let Some(call) = call_of(lane.runs[usize::from(slot)].pc) {
                    lane.late |= 1 << call as u8;
                }
                lane.runs[usize::from(slot)] = Run::IDLE;
            }
            Action::Arrive(lane, call, chance) => {
                let lane = &mut state.lanes[usize::from(lane)];
                lane.late &= !(1 << call as u8);
                gateway::take(guards, lane, call, chance);
            }
            Action::Pay(lane) => state.lanes[usize::from(lane)].intent = Intent::Held,
            Action::Lapse(lane) => state.lanes[usize::from(lane)].intent = Intent::Lapsed,
            Action::Forget(lane) => state.lanes[usize::from(lane)].checkout = Checkout::Forgotten,
            Action::Adjust => {
                state.operator_left.0 = false;
                let row = &mut state.rows[0];
                (row.quantity, row.available, row.supplied) = (row.quantity - 1, row.available - 1, row.supplied - 1);
            }
            Action::Move(from) => {
                for (number, row) in (0..).zip(&mut state.rows) {
                    let units = if number == from { -1 } else { 1 };
                    (row.quantity, row.available) = (row.quantity + units, row.available + units);
                    row.supplied += units;
                }
            }
            Action::Look => {
                state.operator_left.1 = false;
                state.count = Some((state.rows[0].quantity, state.rows[0].available, true));
            }
            Action::Count => {
                if let Some((quantity, available, _)) = state.count.take() {
                    let row = &mut state.rows[0];
                    (row.quantity, row.available, row.supplied) = (quantity + 1, available + 1, row.supplied + 1);
                }
            }
        }
    }

    fn people_cancel(&self, state: &mut State, number: u8) {
        decide(state, number.into(), OrderEvent::Cancel, OrderStatus::Cancelled);
        if let Some(order) = &mut state.lanes[usize::from(number)].order {
            order.unsettled |= self.guards.has(Guard::PeopleUnsettle);
        }
    }

    pub(crate) fn step(&self, state: &mut State, number: u8, slot: u8, chance: Chance) {
        let (lane, slot) = (usize::from(number), usize::from(slot));
        let next = Step { protocol: self, state, lane, slot }.run(chance);
        let run = &mut state.lanes[lane].runs[slot];
        if next == Pc::Idle {
            *run = Run::IDLE
        } else {
            run.pc = next
        }
        run.forget_what_is_over();
    }
}

fn call_of(pc: Pc) -> Option<Call> {
    match pc {
        Pc::Create => Some(Call::Create),
        Pc::Confirm => Some(Call::Confirm),
        Pc::CancelIntent => Some(Call::Cancel),
        Pc::Capture => Some(Call::Capture),
        Pc::Refund => Some(Call::Refund),
        _ => None,
    }
}

fn start(state: &mut State, lane: u8, run: Run) {
    if let Some(free) = state.lanes[usize::from(lane)].runs.iter_mut().find(|run| run.pc == Pc::Idle) {
        *free = run;
    }
}
