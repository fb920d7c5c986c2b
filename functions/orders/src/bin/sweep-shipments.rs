//! See `souk_fn_orders::background::sweep_shipments`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_orders::background::sweep_shipments::serve()
}
