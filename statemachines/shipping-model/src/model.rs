//! The protocol as a state machine for the checker.

use stateright::{Model, Property};

use crate::{Protocol, actions::Action, properties, state::State};

impl Model for Protocol {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State::new(self.bounds.units)]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        self.enabled(state, actions);
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut next = *last;
        self.apply(&mut next, action);
        next.sort_runs();
        // Most faults change nothing in most states.
        (next != *last).then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        self.invariants.iter().map(|invariant| invariant.property()).chain(properties::reached(self)).collect()
    }
}
