//! The program of the inventory context: see `souk_runtime::functions`.

use souk_fn_inventory::{
    availability_publisher, get_inventory, get_ledger, ledger_writer, post_adjustment, post_repair, put_inventories,
    put_inventory,
};

souk_runtime::functions! {
    stream "availability-publisher" => availability_publisher::handle,
    http "get-inventory" => get_inventory::handle,
    http "get-ledger" => get_ledger::handle,
    stream "ledger-writer" => ledger_writer::handle,
    http "post-adjustment" => post_adjustment::handle,
    http "post-repair" => post_repair::handle,
    http "put-inventories" => put_inventories::handle,
    http "put-inventory" => put_inventory::handle,
}
