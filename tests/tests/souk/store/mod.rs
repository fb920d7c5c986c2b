//! Tables and what is kept in them, on real DynamoDB semantics, in this process.

mod cart;
mod catalog;
mod inventory;
mod pages;
mod payments;
mod pricing;
mod reconciliation;
mod sales;
mod tables;
