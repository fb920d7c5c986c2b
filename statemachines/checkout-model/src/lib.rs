//! An explicit-state model of the order protocol's second edition, explored exhaustively.
//!
//! A stock row holds its holds, as a flash sale's shard holds its claims; a checkout decides over its holds until an
//! order has it, the order over stock and money. Every write is one conditional write of one item, but one. Tables,
//! gateway and running functions are one small [`state::State`]; whatever can happen next is an [`actions::Action`];
//! the steps of a run, one read or write each, are in [`steps`].
#![forbid(unsafe_code)]
#![allow(
    clippy::cast_possible_truncation,
    reason = "checkouts, rows and runs are few: their numbers fit in any integer"
)]

pub mod actions;
pub mod bounds;
pub mod guards;
pub mod state;
pub mod steps;

mod model;
mod properties;
mod removals;
mod rest;

use crate::{bounds::Bounds, guards::Guards, properties::Invariant};

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
