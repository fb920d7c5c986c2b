//! See `souk_fn_inventory::put_inventory`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_inventory::put_inventory::serve()
}
