//! See `souk_fn_orders::admin::deliver_order`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_orders::admin::deliver_order::serve()
}
