//! See `souk_fn_orders::checkouts::delete`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_orders::checkouts::delete::serve()
}
