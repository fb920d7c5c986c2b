//! What browsing costs: pages, searches and suggestions, asked for as shoppers do, by Zipf's law. Runs alone: it counts
//! what OpenSearch was asked, and wants the whole machine.
//!
//! `make browse` prints the tables; `make test` runs a short one.

mod costs;
mod mix;
mod overhead;
mod scale;
