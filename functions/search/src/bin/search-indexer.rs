//! See `souk_fn_search::search_indexer`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_runtime::stream::serve(souk_fn_search::search_indexer::handle)
}
