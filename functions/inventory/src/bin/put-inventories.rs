//! See `souk_fn_inventory::put_inventories`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_inventory::put_inventories::serve()
}
