//! See `souk_fn_search::page_refresher`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_search::page_refresher::serve()
}
