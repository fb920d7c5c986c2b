//! Flash sales' functions.
//!
//! - [`shop`]: what shoppers ask for: the sale, the waiting room, intents
//! - [`admin`]: what operators do with a sale
//! - [`background`]: the conductor, the worker that turns intents into orders, the sweeper
#![forbid(unsafe_code)]

pub mod admin;
pub mod background;
mod problems;
pub mod shop;
