//! See `souk_fn_orders::saga::settle_order`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_orders::saga::settle_order::serve()
}
