//! See `souk_fn_orders::background::sweep_orders`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_orders::background::sweep_orders::serve()
}
