//! See `souk_fn_orders::saga::confirm_order`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_orders::saga::confirm_order::serve()
}
