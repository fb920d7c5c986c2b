//! See `souk_fn_cart::merge_cart`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_cart::merge_cart::serve()
}
