//! See `souk_fn_orders::saga::authorize_payment`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_orders::saga::authorize_payment::serve()
}
