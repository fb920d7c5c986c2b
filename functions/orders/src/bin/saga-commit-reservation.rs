//! See `souk_fn_orders::saga::commit_reservation`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_runtime::task::serve(souk_fn_orders::saga::commit_reservation::handle)
}
