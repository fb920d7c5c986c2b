//! Stock and reservations.

mod adjustments;
mod audit;
mod contention;
mod ledger;
mod quantities;
mod repair;
mod reservations;
mod sale_units;
mod shelf;
