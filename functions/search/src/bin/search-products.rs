//! See `souk_fn_search::search_products`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_search::search_products::serve()
}
