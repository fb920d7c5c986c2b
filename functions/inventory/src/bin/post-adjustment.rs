//! See `souk_fn_inventory::post_adjustment`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_inventory::post_adjustment::serve()
}
