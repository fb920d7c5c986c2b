//! The pure domain of Souk: ids, money, stock, reservations, orders, payments, flash sales, pictures, webhooks, and the
//! audit.
//!
//! Nothing here does I/O, reads a clock or knows AWS. Times come in as arguments.
#![forbid(unsafe_code)]

pub mod audit;
pub mod condition;
pub mod flash_sale;
pub mod fulfilment;
pub mod ids;
pub mod measure;
pub mod money;
pub mod names;
pub mod order;
pub mod payment;
pub mod picture;
pub mod quantity;
pub mod reservation;
#[cfg(feature = "openapi")]
mod schemas;
pub mod signature;
pub mod stock;
pub mod text;
pub mod webhook;
