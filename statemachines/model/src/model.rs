//! The protocol as a state machine for the checker.

use stateright::{Model, Property};

use crate::{
    actions::Action,
    bounds::SIDES,
    properties::reached,
    protocol::Protocol,
    state::{Hold, Lane, Row, Sins, State},
};

impl Model for Protocol {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let units = self.bounds.contest.units();
        vec![State {
            row: Row { quantity: units, reserved: 0, available: units },
            holds: [Hold::NONE; SIDES],
            lanes: [Lane::new(self.bounds.starts.unwrap_or(0)); SIDES],
            marker: None,
            sins: Sins::default(),
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        self.enabled(state, actions);
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut next = *last;
        self.apply(&mut next, action);
        for lane in 0..SIDES {
            next.sort_runs(lane);
        }
        if self.bounds.contest.is_symmetric() {
            next.sort_sides();
        }
        // Most faults change nothing in most states.
        (next != *last).then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        self.invariants.iter().map(|invariant| invariant.property()).chain(reached(self)).collect()
    }
}
