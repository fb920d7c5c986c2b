//! See `souk_fn_pricing::price_publisher`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_runtime::stream::serve(souk_fn_pricing::price_publisher::handle)
}
