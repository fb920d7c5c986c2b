//! See `souk_fn_orders::background::publish_orders`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_orders::background::publish_orders::serve()
}
