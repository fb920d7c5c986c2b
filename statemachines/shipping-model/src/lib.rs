//! An explicit-state model of how a confirmed order leaves, explored exhaustively.
//!
//! It begins where the order protocol's model ends: the order is confirmed and settled, its money is held. Two
//! warehouses pack, find units missing, and ship; people cancel; operators refund; the bank fails. Tables, gateway and
//! running functions are one small [`state::State`]; whatever can happen next is an [`actions::Action`]; the steps of
//! a run, one read or write each, are in [`steps`].
#![forbid(unsafe_code)]
#![allow(
    clippy::cast_possible_truncation,
    reason = "warehouses, runs and refunds are few: their numbers fit in any integer"
)]

pub mod actions;
pub mod bounds;
pub mod guards;
pub mod refunds;
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
