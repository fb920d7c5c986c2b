//! Lambda handlers of the inventory context.
#![forbid(unsafe_code)]

pub mod get_inventory;
pub mod get_ledger;
mod grown_rows;
mod hints;
pub mod ledger_writer;
mod operator;
pub mod post_adjustment;
pub mod post_repair;
mod problems;
pub mod publish_availability;
pub mod publish_due_hints;
pub mod put_inventories;
pub mod put_inventory;
pub mod put_place;
mod row_changes;
pub mod warehouses;

souk_runtime::functions! {
    stream "publish-availability" => publish_availability::handle,
    queue "publish-due-hints" => publish_due_hints::handle,
    http "get-inventory" => get_inventory::handle,
    http "get-ledger" => get_ledger::handle,
    stream "ledger-writer" => ledger_writer::handle,
    http "post-adjustment" => post_adjustment::handle,
    http "post-repair" => post_repair::handle,
    http "put-inventories" => put_inventories::handle,
    http "put-inventory" => put_inventory::handle,
    http "put-place" => put_place::handle,
    http "get-warehouse" => warehouses::get_warehouse::handle,
    http "list-warehouses" => warehouses::list_warehouses::handle,
    http "put-warehouse" => warehouses::put_warehouse::handle,
}
