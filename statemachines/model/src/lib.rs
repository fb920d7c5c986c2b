//! An explicit-state model of the order protocol, explored exhaustively.
//!
//! Tables, gateway and running functions are one small [`state::State`]; whatever can happen next is an
//! [`actions::Action`]; the steps of the saga, one read or write each, are in [`steps`]. A checker visits every state
//! within the [`bounds`] and holds the [`invariants`] against it. Every guard of the protocol can be taken away
//! ([`guards`]), and then something must break.
#![forbid(unsafe_code)]
#![allow(
    clippy::cast_possible_truncation,
    reason = "orders, checkouts and runs are two: their numbers fit in any integer"
)]

pub mod actions;
pub mod bounds;
pub mod calls;
pub mod guards;
pub mod invariants;
pub mod pc;
pub mod state;
pub mod steps;

mod model;
mod properties;
mod protocol;
mod removals;
mod rest;

pub use self::protocol::Protocol;
