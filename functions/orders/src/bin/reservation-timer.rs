//! See `souk_fn_orders::background::reservation_timer`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_orders::background::reservation_timer::serve()
}
