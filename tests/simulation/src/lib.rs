//! The order core and the flash sale under faults, deterministically.
//!
//! Production handlers run over a network that stops every request and asks a seeded scheduler what
//! happens to it. Tables are real DynamoDB semantics in process, the gateway is the local stack's, the
//! saga runs by its deployed definition, and time is virtual. A seed decides a whole schedule, so a
//! seed that fails can be replayed.
#![forbid(unsafe_code)]
#![expect(clippy::expect_used, reason = "a test tool: what cannot be set up cannot be simulated")]

mod call;
pub mod campaign;
mod clock;
pub mod coverage;
mod deliveries;
mod edges;
mod executor;
pub mod fault;
mod flash_sale;
mod functions;
mod holds;
mod invariants;
mod item;
mod machine;
mod messages;
mod meter;
pub mod mutation;
mod network;
mod observer;
mod parcels;
mod points;
mod promises;
mod requests;
mod scenario;
pub mod schedule;
mod shopper;
mod sim;
mod staff;
mod store;
#[cfg(test)]
mod stories;
pub mod subject;
mod tables;
mod warehouse;
mod world;
