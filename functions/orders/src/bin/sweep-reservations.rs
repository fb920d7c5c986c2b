//! See `souk_fn_orders::background::sweep_reservations`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_orders::background::sweep_reservations::serve()
}
