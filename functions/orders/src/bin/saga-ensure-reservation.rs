//! See `souk_fn_orders::saga::ensure_reservation`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_orders::saga::ensure_reservation::serve()
}
