//! See `souk_fn_orders::background::archive_orders`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_orders::background::archive_orders::serve()
}
