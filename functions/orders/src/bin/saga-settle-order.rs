//! See `souk_fn_orders::saga::settle_order`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_runtime::task::serve(souk_fn_orders::saga::settle_order::handle)
}
