//! Stock and reservations.

mod adjustments;
mod contention;
mod ledger;
mod quantities;
mod reservations;
mod sale_units;
mod shelf;
