//! See `souk_fn_orders::orders::cancel`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_orders::orders::cancel::serve()
}
