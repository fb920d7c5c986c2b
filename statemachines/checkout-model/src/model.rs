//! The protocol as a state machine for the checker.

use stateright::{Model, Property};

use crate::{
    Protocol,
    actions::Action,
    bounds::{LANES, ROWS},
    properties,
    state::{Entry, Lane, Row, State},
};

impl Model for Protocol {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let bounds = self.bounds;
        let row = |row: usize| Row {
            quantity: bounds.units[row],
            available: bounds.units[row],
            supplied: bounds.units[row],
            entries: [Entry::Absent; LANES],
        };
        let lane = |lane: usize| {
            Lane::new((bounds.requests[lane], bounds.orders[lane]), bounds.another_card, bounds.renews.into())
        };
        let rows: [Row; ROWS] = std::array::from_fn(row);
        vec![State { rows, lanes: std::array::from_fn(lane), count: None, operator_left: (true, true), sins: 0 }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        self.enabled(state, actions);
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut next = *last;
        self.apply(&mut next, action);
        for lane in &mut next.lanes {
            // Which run stands where does not matter; idle ones come last.
            lane.runs.sort_unstable_by(|one, other| other.cmp(one));
        }
        // Most faults change nothing in most states.
        (next != *last).then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        self.invariants.iter().map(|invariant| invariant.property()).chain(properties::reached(self)).collect()
    }
}
