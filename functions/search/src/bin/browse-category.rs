//! See `souk_fn_search::browse_category`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_search::browse_category::serve()
}
