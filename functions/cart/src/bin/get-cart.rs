//! See `souk_fn_cart::get_cart`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_cart::get_cart::serve()
}
