//! See `souk_fn_cart::put_item`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_cart::put_item::serve()
}
