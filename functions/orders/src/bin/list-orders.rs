//! See `souk_fn_orders::orders::list`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_orders::orders::list::serve()
}
