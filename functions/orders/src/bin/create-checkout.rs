//! See `souk_fn_orders::checkouts::create`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_orders::checkouts::create::serve()
}
