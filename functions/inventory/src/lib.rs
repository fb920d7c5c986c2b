//! Lambda handlers of the inventory context.
#![forbid(unsafe_code)]

pub mod availability_publisher;
pub mod get_inventory;
pub mod get_ledger;
mod hints;
pub mod ledger_writer;
mod operator;
pub mod post_adjustment;
pub mod post_repair;
mod problems;
pub mod put_inventories;
pub mod put_inventory;
