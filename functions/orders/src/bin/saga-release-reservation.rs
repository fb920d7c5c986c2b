//! See `souk_fn_orders::saga::release_reservation`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_orders::saga::release_reservation::serve()
}
