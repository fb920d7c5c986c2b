//! When the faults stop.
//!
//! From a state in which no run is left, time passes every deadline and the sweepers work alone: first while the
//! gateway does not answer, and then every cancelled order's units must be back; then with it, until they find nothing
//! more to do. Late calls arrive, a shopper who still can pays, the sweepers work once more. Then all must be at rest.
//! (The slow scan of rows, which would find what nobody else does, is left out: nothing may need it.)

use souk_domain::{order::OrderStatus, payment::PaymentState};

use crate::{
    Protocol,
    actions::Action,
    bounds::{Plan, ROWS, RUNS},
    guards::Guard,
    state::{Call, Checkout, Entry, Intent, Lane, Pc, Renewal, State, is_confirmed},
    steps::{Chance, collect, gateway},
};

/// What is not at rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unrest {
    /// A cancelled order's units did not come back while the gateway was away.
    Outage,
    /// A checkout or an order is undecided or unsettled, or its payment's record has not ended.
    Order,
    /// Units are held for nobody, or sold to nobody, or not sold though bought.
    Units,
    /// A row remembers what is over.
    Marks,
    /// Money is held or taken for nothing, or goods were sold without money.
    Money,
}

/// The sweepers' rounds after which something has to be settled.
const ROUNDS: usize = 10;

/// What is wrong once everything had time to settle.
pub(crate) fn unrest(protocol: &Protocol, mut state: State) -> Option<Unrest> {
    protocol.sweep(&mut state, false);
    let has_units = |number: usize| {
        state.lanes[number].sold != [0; ROWS] || state.rows.iter().any(|row| row.entries[number].held() > 0)
    };
    let is_cancelled = |lane: &Lane| lane.status() == Some(OrderStatus::Cancelled);
    if state.lanes.iter().enumerate().any(|(number, lane)| is_cancelled(lane) && has_units(number)) {
        return Some(Unrest::Outage);
    }
    protocol.sweep(&mut state, true);
    if let Some(wrong) = protocol.at_rest(&state) {
        return Some(wrong);
    }
    for lane in &mut state.lanes {
        for call in Call::ALL.into_iter().filter(|call| lane.late & (1 << *call as u8) != 0).collect::<Vec<_>>() {
            lane.late &= !(1 << call as u8);
            gateway::take(protocol.guards, lane, call, Chance::None);
        }
        if lane.known && gateway::is_payable(lane.intent) {
            lane.intent = Intent::Held;
        }
    }
    protocol.sweep(&mut state, true);
    protocol.at_rest(&state)
}

impl Protocol {
    fn sweep(&self, state: &mut State, gateway: bool) {
        for _ in 0..ROUNDS {
            let before = *state;
            for number in 0..self.bounds.plans.len() as u8 {
                self.sweep_lane(state, number, gateway);
            }
            if *state == before {
                return;
            }
        }
    }

    fn sweep_lane(&self, state: &mut State, number: u8, gateway: bool) {
        let lane = usize::from(number);
        let has = |guard| self.guards.has(guard);
        if state.lanes[lane].checkout != Checkout::None && !state.lanes[lane].timer_over && has(Guard::SweepTimers) {
            self.drive(state, Action::Timer(number), gateway);
        }
        if state.lanes[lane].order.is_some_and(|order| order.unsettled) && has(Guard::SweepOrders) {
            self.drive(state, Action::Start(number), gateway);
        }
        if state.lanes[lane].noted && has(Guard::SweepCaptures) {
            self.drive(state, Action::StartShipping(number), gateway);
        }
        if state.lanes[lane].renewal != Renewal::None && has(Guard::SweepRenewals) {
            self.drive(state, Action::Renew(number), gateway);
        }
        for row in 0..ROWS {
            if collect(self.guards, state, lane, row).is_some() {
                self.drive(state, Action::Collect(number, row as u8), gateway);
            }
        }
    }

    /// One run, alone and without faults, to its end, or to the first call of a gateway that does not answer. Every
    /// deadline has passed.
    fn drive(&self, state: &mut State, start: Action, gateway: bool) {
        self.apply(state, start);
        for _ in 0..40 {
            let running = (0..state.lanes.len())
                .flat_map(|lane| (0..RUNS).map(move |slot| (lane, slot)))
                .find(|(lane, slot)| state.lanes[*lane].runs[*slot].pc != Pc::Idle);
            let Some((lane, slot)) = running else { return };
            let chance = match state.lanes[lane].runs[slot].pc {
                Pc::Read => Chance::Overdue,
                Pc::Confirm | Pc::Authorize => Chance::Refused,
                _ => Chance::None,
            };
            let pc = state.lanes[lane].runs[slot].pc;
            if !gateway && pc.needs_gateway() {
                return self.apply(state, Action::Kill(lane as u8, slot as u8));
            }
            self.step(state, lane as u8, slot as u8, chance);
        }
        state.lanes.iter_mut().for_each(|lane| lane.runs = [crate::state::Run::IDLE; RUNS]);
    }

    fn at_rest(&self, state: &State) -> Option<Unrest> {
        if state.rows.iter().flat_map(|row| row.entries).any(|entry| matches!(entry, Entry::Held(_))) {
            return Some(Unrest::Units);
        }
        let wrong = (0..self.bounds.plans.len()).find_map(|number| self.lane_at_rest(state, number));
        let marks = state.rows.iter().flat_map(|row| row.entries).any(Entry::is_mark);
        wrong.or(marks.then_some(Unrest::Marks))
    }

    fn lane_at_rest(&self, state: &State, number: usize) -> Option<Unrest> {
        let lane = &state.lanes[number];
        if lane.checkout == Checkout::Open {
            return Some(Unrest::Order);
        }
        let sold: u8 = lane.sold.iter().sum();
        let Some(order) = lane.order else {
            let ended = lane.checkout != Checkout::Ordered;
            return if sold > 0 { Some(Unrest::Units) } else { (!ended).then_some(Unrest::Order) };
        };
        let wanted: u8 = match self.bounds.plans[number] {
            Plan::Lines(lines) => lines.iter().sum(),
            Plan::Spread(units) => units,
        };
        let (record, money) = match order.status {
            OrderStatus::PendingPayment => return Some(Unrest::Order),
            OrderStatus::Confirmed => (
                lane.record == Some(PaymentState::Authorized) && !lane.noted,
                matches!(lane.intent, Intent::Held | Intent::Lapsed),
            ),
            OrderStatus::Shipped | OrderStatus::Delivered => {
                (lane.record == Some(PaymentState::Captured) && !lane.noted, lane.intent == Intent::Captured)
            }
            OrderStatus::Cancelled => (
                matches!(lane.record, Some(PaymentState::Voided | PaymentState::Refunded)) && order.stock_back,
                match lane.intent {
                    // A refund that failed is an operator's case.
                    Intent::None | Intent::Canceled | Intent::Lapsed | Intent::Refunded | Intent::RefundFailed => true,
                    // Nobody has its secret: it can never be paid.
                    Intent::Created => !lane.known,
                    Intent::Declined | Intent::Held | Intent::Captured => false,
                },
            ),
        };
        let other = lane.other_held || matches!(lane.other, Intent::Held | Intent::Captured);
        if !money || other {
            Some(Unrest::Money)
        } else if sold != if is_confirmed(order.status) { wanted } else { 0 } {
            Some(Unrest::Units)
        } else if order.unsettled || !record || lane.renewal != Renewal::None {
            Some(Unrest::Order)
        } else {
            None
        }
    }
}

impl Pc {
    fn needs_gateway(self) -> bool {
        matches!(
            self,
            Self::Authorize
                | Self::Create
                | Self::Confirm
                | Self::Ask
                | Self::AskOverdue
                | Self::CancelIntent
                | Self::AskRefusal
                | Self::Refund
                | Self::Capture
                | Self::CancelOther
                | Self::RenewCreate
                | Self::RenewConfirm
                | Self::RenewCancel
                | Self::AskCapture
        )
    }
}
