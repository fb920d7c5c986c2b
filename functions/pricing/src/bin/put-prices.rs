//! See `souk_fn_pricing::put_prices`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_pricing::put_prices::serve()
}
