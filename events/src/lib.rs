//! Event and message types that travel between Souk's contexts.
#![forbid(unsafe_code)]

pub mod catalog;
pub mod inventory;
pub mod orders;
pub mod pricing;
pub mod sales;
pub mod search;
