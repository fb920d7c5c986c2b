//! See `souk_fn_orders::admin::get_order`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_orders::admin::get_order::serve()
}
