//! See `souk_fn_orders::admin::ship_order`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_orders::admin::ship_order::serve()
}
