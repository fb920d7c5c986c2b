//! See `souk_fn_inventory::availability_publisher`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_runtime::stream::serve(souk_fn_inventory::availability_publisher::handle)
}
