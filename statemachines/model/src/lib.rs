//! An explicit-state model of the order protocol, explored exhaustively.
//!
//! Tables, gateway and running functions are one small [`state::State`]; whatever can happen next is an
//! [`actions::Action`]; the steps of the saga, one read or write each, are in [`steps`]. A checker visits every state
//! within the [`bounds`] and holds the [`properties`] against it. Every guard of the protocol can be taken away
//! ([`guards`]), and then something must break.
#![forbid(unsafe_code)]
#![allow(
    clippy::cast_possible_truncation,
    reason = "orders, checkouts and runs are two: their numbers fit in any integer"
)]

pub mod actions;
pub mod bounds;
pub mod explore;
pub mod guards;
pub mod properties;
pub mod removals;
pub mod state;
pub mod steps;

mod rest;

use stateright::{Model, Property};

use self::{
    actions::Action,
    bounds::Bounds,
    guards::Guards,
    properties::{Invariant, reached},
    state::{Hold, Lane, Row, SIDES, Sins, State},
};

/// The protocol, with the guards that are in force, within bounds.
#[derive(Debug, Clone)]
pub struct Protocol {
    /// What is in force.
    pub guards: Guards,
    /// How far to go.
    pub bounds: Bounds,
    /// What must hold.
    pub invariants: Vec<Invariant>,
}

impl Protocol {
    /// The whole protocol.
    pub fn whole(bounds: Bounds) -> Self {
        Self { guards: Guards::ALL, bounds, invariants: Invariant::ALL.to_vec() }
    }
}

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
