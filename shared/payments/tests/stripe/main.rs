//! The Stripe adapter against the local gateway, and its requests against Stripe's own schema.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test may give up")]

mod ageing;
mod disputes;
mod listing;
mod lost_answers;
mod other_methods;
mod paid;
mod payments;
mod refunds;
mod renewals;
mod schema;
mod till;
