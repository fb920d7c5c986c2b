//! See `souk_fn_orders::background::sweep_shipments`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_runtime::schedule::serve(souk_fn_orders::background::sweep_shipments::handle)
}
