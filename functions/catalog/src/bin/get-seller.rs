//! See `souk_fn_catalog::get_seller`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_runtime::http::serve(souk_fn_catalog::get_seller::handle)
}
