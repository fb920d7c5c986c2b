//! See `souk_fn_orders::background::reservation_timer`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_runtime::queue::serve(souk_fn_orders::background::reservation_timer::handle)
}
