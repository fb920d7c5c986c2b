//! See `souk_fn_orders::admin::get_order`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_runtime::http::serve(souk_fn_orders::admin::get_order::handle)
}
