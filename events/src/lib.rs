//! Event and message types that travel between Souk's contexts.
#![forbid(unsafe_code)]

pub mod catalog;
pub mod flash_sales;
pub mod inventory;
pub mod orders;
pub mod payments;
pub mod pricing;
pub mod published;
pub mod search;
pub mod webhooks;
