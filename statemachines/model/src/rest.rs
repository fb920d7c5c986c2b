//! When the faults stop.
//!
//! From a state in which no run is left, time passes every deadline and the sweepers work alone, without faults,
//! until they find nothing more to do. Then all must be at rest. Whatever was still on its way to the gateway
//! arrives, and a shopper who still can pays: all must be at rest again, with nobody but the sweepers to help.
//!
//! That this one way leads to rest is enough. Every run ends (a step only goes on in the protocol), so whatever else
//! is running or was started is over after a bounded number of steps, each of which leads to another state in which
//! the same was checked; from then on a sweeper's run has the order for itself.

use souk_domain::{order::OrderStatus, payment::PaymentState};

use crate::{
    bounds::RUNS,
    calls::Call,
    guards::Guard,
    pc::{Chance, Pc},
    protocol::Protocol,
    state::{Intent, State, Units},
    steps::{gateway, is_confirmed, stock},
};

/// What is not at rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unrest {
    /// An order is undecided or unsettled, or its payment's record has not ended.
    Order,
    /// Units are held for nobody, or sold to nobody, or not sold though bought.
    Units,
    /// Money is held or taken for nothing, or goods were sold without money.
    Money,
    /// The cart's mark is not that of its order.
    Cart,
}

/// The sweepers' rounds after which something has to be settled.
const ROUNDS: usize = 6;

/// What is wrong once everything had time to settle.
pub(crate) fn unrest(protocol: &Protocol, mut state: State) -> Option<Unrest> {
    protocol.sweep(&mut state);
    let wrong = protocol.at_rest(&state);
    if wrong.is_some() {
        return wrong;
    }
    for lane in &mut state.lanes {
        for call in Call::ALL.into_iter().filter(|call| lane.in_flight.has(*call)).collect::<Vec<_>>() {
            lane.in_flight.arrive(call);
            gateway::take(protocol.guards, lane, call, Chance::Holds);
        }
        if lane.known && gateway::is_payable(lane.intent) {
            gateway::pay(lane, Chance::Holds);
        }
    }
    protocol.sweep(&mut state);
    protocol.at_rest(&state)
}

impl Protocol {
    fn sweep(&self, state: &mut State) {
        for _ in 0..ROUNDS {
            let before = *state;
            self.sweep_holds(state);
            self.sweep_orders(state);
            self.sweep_captures(state);
            if *state == before {
                return;
            }
        }
    }

    fn sweep_orders(&self, state: &mut State) {
        for lane in 0..state.lanes.len() {
            let unsettled = state.lanes[lane].order.is_some_and(|order| order.unsettled);
            if unsettled && self.guards.has(Guard::SweepOrders) {
                self.drive(state, lane as u8, 0, Pc::Read);
            }
        }
    }

    fn sweep_holds(&self, state: &mut State) {
        for hold in 0..state.holds.len() {
            let found = state.holds[hold];
            match found.order {
                _ if found.units != Units::Held || !self.guards.has(Guard::SweepHolds) => {}
                None => stock::expire(self.guards, state, hold),
                Some(order) => self.drive(state, order, 0, Pc::Read),
            }
        }
    }

    fn sweep_captures(&self, state: &mut State) {
        for lane in 0..state.lanes.len() {
            if state.lanes[lane].noted && self.guards.has(Guard::SweepCaptures) {
                self.drive(state, lane as u8, RUNS as u8, Pc::ShipRead);
            }
        }
    }

    /// One run, alone and without faults, to its end. The deadline has passed, unless a re-entry moves it.
    fn drive(&self, state: &mut State, lane: u8, slot: u8, from: Pc) {
        state.lanes[usize::from(lane)].runs[usize::from(slot)] = from;
        // The codes are a bound for the steps of a run that only goes on.
        for _ in 0..=Pc::EndCapture.code() {
            let pc = state.lanes[usize::from(lane)].runs[usize::from(slot)];
            let chance = match pc {
                Pc::Idle => return,
                Pc::Read if self.guards.has(Guard::PayByNeverMoves) => Chance::Overdue,
                Pc::Confirm => Chance::AsksShopper,
                _ => Chance::None,
            };
            self.step(state, lane, slot, chance);
        }
        state.lanes[usize::from(lane)].runs[usize::from(slot)] = Pc::Idle;
    }

    fn at_rest(&self, state: &State) -> Option<Unrest> {
        if state.holds.iter().any(|hold| hold.units == Units::Held) || state.row.reserved != 0 {
            return Some(Unrest::Units);
        }
        (0..state.lanes.len()).find_map(|lane| self.lane_at_rest(state, lane))
    }

    fn lane_at_rest(&self, state: &State, number: usize) -> Option<Unrest> {
        let lane = &state.lanes[number];
        let order = lane.order?;
        let hold = state.holds[usize::from(order.hold)];
        let sold = hold.units == Units::Committed && hold.order == Some(number as u8);
        let (record, money) = match order.status {
            OrderStatus::PendingPayment => return Some(Unrest::Order),
            OrderStatus::Confirmed => (
                lane.record == Some(PaymentState::Authorized) && !lane.noted,
                matches!(lane.intent, Intent::Held | Intent::Lapsed),
            ),
            OrderStatus::Shipped | OrderStatus::Delivered => {
                (lane.record == Some(PaymentState::Captured), lane.intent == Intent::Captured)
            }
            OrderStatus::Cancelled => (
                match lane.record {
                    Some(PaymentState::Voided) => lane.intent != Intent::Refunded,
                    Some(PaymentState::Refunded) => lane.intent == Intent::Refunded,
                    None => lane.intent == Intent::None,
                    _ => false,
                },
                match lane.intent {
                    Intent::None | Intent::Canceled | Intent::Lapsed | Intent::Refunded => true,
                    // Nobody has its secret: it can never be paid.
                    Intent::Created => !lane.known,
                    Intent::RequiresAction | Intent::Declined | Intent::Held | Intent::Captured => false,
                },
            ),
        };
        let mark = state.marker == Some(number as u8);
        if !money {
            Some(Unrest::Money)
        } else if sold != is_confirmed(order.status) {
            Some(Unrest::Units)
        } else if order.unsettled || !record {
            Some(Unrest::Order)
        } else if self.bounds.contest.has_marker() && mark != is_confirmed(order.status) {
            Some(Unrest::Cart)
        } else {
            None
        }
    }
}
