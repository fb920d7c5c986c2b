//! See `souk_fn_orders::orders::get`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_orders::orders::get::serve()
}
