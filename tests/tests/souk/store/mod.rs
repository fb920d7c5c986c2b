//! Tables and what is kept in them, on real DynamoDB semantics, in this process.

mod audit_parts;
mod carriers;
mod cart;
mod catalog;
mod companions;
mod cost;
mod finding;
mod flash_sales;
mod frequency;
mod fulfilment;
mod holding;
mod inventory;
mod messages;
pub mod meter;
mod migration;
mod older_items;
mod open_checkouts;
mod orders;
mod pages;
mod payments;
mod pictures;
mod pricing;
mod reconciliation;
mod renames;
mod renewals;
mod shortages;
mod tables;
mod tree;
mod webhooks;
mod wire;

use jiff::{SignedDuration, Timestamp};
use souk_domain::ids::OrderId;
use uuid::Uuid;

/// So many seconds after the moment at which these tests begin.
pub fn at(second: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_800_000_000 + second)
}

/// An order's id.
pub fn order(n: u128) -> OrderId {
    OrderId::from_uuid(Uuid::from_u128(n))
}
