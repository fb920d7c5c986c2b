//! See `souk_fn_orders::checkouts::create`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_runtime::http::serve(souk_fn_orders::checkouts::create::handle)
}
