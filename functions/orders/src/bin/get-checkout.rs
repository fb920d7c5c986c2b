//! See `souk_fn_orders::checkouts::get`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_orders::checkouts::get::serve()
}
