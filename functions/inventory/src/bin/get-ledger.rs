//! See `souk_fn_inventory::get_ledger`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_inventory::get_ledger::serve()
}
