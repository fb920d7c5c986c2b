//! See `souk_fn_orders::saga::cancel_order`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_orders::saga::cancel_order::serve()
}
