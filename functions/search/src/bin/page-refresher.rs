//! See `souk_fn_search::page_refresher`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_runtime::queue::serve(souk_fn_search::page_refresher::handle)
}
