//! See `souk_fn_search::list_categories`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_search::list_categories::serve()
}
