//! Carts of users and of guests. A cart is advice: what it says is never a price and never a promise.
//!
//! One item per cart. Every change is a new version written over the one that it was made from, so
//! a cart is changed by one tab at a time, and a version names one content.
#![forbid(unsafe_code)]

mod cart;
mod carts;
mod merge;
mod owner;

pub use cart::{Cart, CartLine, TooManyLines};
pub use carts::{Carts, ChangeOutcome};
pub use merge::{MergeOutcome, merged};
pub use owner::{GuestToken, Owner};
