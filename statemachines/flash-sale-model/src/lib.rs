//! An explicit-state model of the flash sale's protocol, explored exhaustively, and a model of the partitions that
//! carry it.
//!
//! Shards, orders, queue, the shared item, caches and running functions are one small [`state::State`]; whatever can
//! happen next is an [`actions::Action`]; the steps, one read or write each, are in [`steps`]. A checker visits every
//! state within the [`bounds`] and holds the [`invariants`] against it. Every guard of the protocol can be taken away
//! ([`guards`]), and then something must break. [`partitions`] is about speed alone.
#![forbid(unsafe_code)]
#![allow(
    clippy::cast_possible_truncation,
    reason = "shoppers, shards and units are one or two: their numbers fit in any integer"
)]

pub mod actions;
pub mod bounds;
pub mod guards;
pub mod invariants;
pub mod partitions;
pub mod pc;
pub mod state;
pub mod steps;

mod model;
mod properties;
mod protocol;
mod removals;
mod rest;

pub use self::protocol::Protocol;
