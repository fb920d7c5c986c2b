//! See `souk_fn_inventory::post_repair`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_inventory::post_repair::serve()
}
