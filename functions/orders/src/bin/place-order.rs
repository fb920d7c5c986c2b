//! See `souk_fn_orders::orders::place`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_orders::orders::place::serve()
}
