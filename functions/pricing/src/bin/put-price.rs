//! See `souk_fn_pricing::put_price`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_pricing::put_price::serve()
}
