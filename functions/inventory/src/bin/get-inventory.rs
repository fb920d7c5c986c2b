//! See `souk_fn_inventory::get_inventory`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_inventory::get_inventory::serve()
}
