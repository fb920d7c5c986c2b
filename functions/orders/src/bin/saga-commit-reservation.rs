//! See `souk_fn_orders::saga::commit_reservation`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_orders::saga::commit_reservation::serve()
}
