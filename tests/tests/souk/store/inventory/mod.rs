//! Stock and reservations.

mod adjustments;
mod audit;
mod contention;
mod flash_sale_units;
mod hints;
mod holds;
mod ledger;
mod pace;
mod places;
mod quantities;
mod repair;
mod reservations;
mod shelf;
mod splits;
mod warehouses;
