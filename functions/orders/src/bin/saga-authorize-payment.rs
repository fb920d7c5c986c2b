//! See `souk_fn_orders::saga::authorize_payment`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_runtime::task::serve(souk_fn_orders::saga::authorize_payment::handle)
}
