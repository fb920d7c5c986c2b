//! See `souk_fn_cart::delete_item`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_cart::delete_item::serve()
}
