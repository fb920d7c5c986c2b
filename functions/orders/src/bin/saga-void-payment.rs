//! See `souk_fn_orders::saga::void_payment`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_runtime::task::serve(souk_fn_orders::saga::void_payment::handle)
}
