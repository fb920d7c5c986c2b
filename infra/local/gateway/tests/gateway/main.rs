//! The gateway over real connections, as a client of Stripe's API sees it.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test may give up")]

mod client;
mod customers;
mod expiry;
mod faults;
mod idempotency;
mod inspection;
mod payments;
mod receiver;
mod requests;
mod restart;
mod webhooks;
