//! See `souk_fn_orders::orders::place`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_runtime::http::serve(souk_fn_orders::orders::place::handle)
}
