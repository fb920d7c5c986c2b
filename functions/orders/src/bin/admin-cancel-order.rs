//! See `souk_fn_orders::admin::cancel_order`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_orders::admin::cancel_order::serve()
}
