//! See `souk_fn_inventory::ledger_writer`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_inventory::ledger_writer::serve()
}
