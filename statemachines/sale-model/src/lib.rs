//! An explicit-state model of the flash sale's protocol, explored exhaustively, and a model of the partitions that
//! carry it.
//!
//! Shards, orders, queue, the shared item, caches and running functions are one small [`state::State`]; whatever can
//! happen next is an [`actions::Action`]; the steps, one read or write each, are in [`steps`]. A checker visits every
//! state within the [`bounds`] and holds the [`properties`] against it. Every guard of the protocol can be taken away
//! ([`guards`]), and then something must break. [`partitions`] is about speed alone.
#![forbid(unsafe_code)]
#![allow(
    clippy::cast_possible_truncation,
    reason = "shoppers, shards and units are one or two: their numbers fit in any integer"
)]

pub mod actions;
pub mod bounds;
pub mod explore;
pub mod guards;
pub mod partitions;
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
    state::State,
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
        vec![State::new(self.bounds.units)]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        self.enabled(state, actions);
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut next = *last;
        self.apply(&mut next, action);
        next.sort_runs(self.bounds.owners);
        next.sort_shoppers(&self.bounds);
        // Most faults change nothing in most states.
        (next != *last).then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        self.invariants.iter().map(|invariant| invariant.property()).chain(reached(self)).collect()
    }
}
