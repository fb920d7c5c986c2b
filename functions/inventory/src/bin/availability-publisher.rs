//! See `souk_fn_inventory::availability_publisher`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_inventory::availability_publisher::serve()
}
