//! Lambda handlers of the orders context.
//!
//! - [`checkouts`] and [`orders`]: what shoppers call
//! - [`admin`]: what operators and the warehouse call
//! - [`saga`]: the steps of the payment saga
//! - [`background`]: timers, sweepers, the archive and the outbox
#![forbid(unsafe_code)]

pub mod admin;
pub mod background;
pub mod checkouts;
pub mod orders;
mod problems;
pub mod saga;
