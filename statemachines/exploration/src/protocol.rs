//! What a model of a protocol says of itself.

use std::{
    fmt::{Debug, Display},
    hash::Hash,
    num::NonZeroUsize,
};

use stateright::Model;

use crate::guards::{Guard, Guards};

/// A protocol as a state machine, with the guards that are in force, within bounds.
pub trait Protocol:
    Model<Action: Clone + Debug + PartialEq, State: Clone + Debug + Hash + PartialEq + Send + Sync + 'static>
    + Clone
    + Send
    + Sync
    + 'static
{
    /// Its guards.
    type Guard: Guard;
    /// How far the model goes.
    type Bounds: Copy + Debug + Display;
    /// What must hold in every state.
    type Invariant: Copy + Debug + Eq + 'static;

    /// All invariants.
    const INVARIANTS: &'static [Self::Invariant];
    /// How many transitions an exhaustive exploration makes at most, where its bounds are larger than memory.
    const MOST: Option<NonZeroUsize>;

    /// The model with these guards, within these bounds, of these invariants.
    fn new(guards: Guards<Self::Guard>, bounds: Self::Bounds, invariants: Vec<Self::Invariant>) -> Self;

    /// How far it goes.
    fn bounds(&self) -> Self::Bounds;

    /// What the tests explore: seconds each.
    fn quick() -> Vec<Self::Bounds>;

    /// What a developer explores: minutes each, and some gigabytes of memory.
    fn exhaustive() -> Vec<Self::Bounds>;

    /// What becomes of the protocol without a guard.
    fn role(guard: Self::Guard) -> Role<Self>;

    /// The whole protocol.
    fn whole(bounds: Self::Bounds) -> Self {
        Self::new(Guards::ALL, bounds, Self::INVARIANTS.to_vec())
    }

    /// The protocol without a guard, within the bounds where that shows.
    fn without(guard: Self::Guard) -> Self {
        let (guards, bounds, left_out) = match Self::role(guard) {
            Role::Needed(bounds) | Role::Spare(bounds, _) => (Guards::ALL, bounds, [].as_slice()),
            Role::SecondLine(bounds, first, left_out) => (Guards::ALL.without(first), bounds, left_out),
        };
        let invariants = Self::INVARIANTS.iter().copied().filter(|invariant| !left_out.contains(invariant)).collect();
        Self::new(guards.without(guard), bounds, invariants)
    }
}

/// What becomes of a protocol without a guard.
pub enum Role<P: Protocol> {
    /// It breaks within these bounds.
    Needed(P::Bounds),
    /// It breaks once another guard is gone too, worse than without that one alone: a second line of defence. The
    /// invariants that the first line alone protects are left out.
    SecondLine(P::Bounds, P::Guard, &'static [P::Invariant]),
    /// Within these bounds nothing breaks, for this reason.
    Spare(P::Bounds, &'static str),
}
