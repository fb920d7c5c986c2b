//! See `souk_fn_search::browse_category`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_runtime::http::serve(souk_fn_search::browse_category::handle)
}
