//! See `souk_fn_orders::saga::void_payment`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_orders::saga::void_payment::serve()
}
