//! See `souk_fn_pricing::get_price`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_pricing::get_price::serve()
}
