//! A stateful stand-in for the payment gateway, speaking the part of Stripe's API that Souk uses.
//!
//! [`Server::start`] runs it inside a test; the binary `souk-gateway` runs it beside the local stack.
//! The rules of money are in [`intent`] and [`ledger`], free of HTTP; everything that a test may bring about or
//! look at is under `/__fake/` (see the README).
#![forbid(unsafe_code)]

mod api;
mod clock;
mod command;
mod config;
mod control;
pub mod dispute;
mod error;
mod event;
mod fault;
mod form;
mod gateway;
mod id;
mod idempotency;
pub mod intent;
pub mod ledger;
pub mod offline;
pub mod payment_method;
mod persistence;
pub mod refund;
mod render;
mod request_log;
mod server;
mod webhook;

pub use config::Config;
pub use server::Server;
pub use webhook::signature;
