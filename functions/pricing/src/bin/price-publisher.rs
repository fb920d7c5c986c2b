//! See `souk_fn_pricing::price_publisher`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_pricing::price_publisher::serve()
}
