//! The protocol as it is explored.

use crate::{bounds::Bounds, guards::Guards, invariants::Invariant};

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
