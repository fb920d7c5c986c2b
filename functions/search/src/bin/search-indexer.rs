//! See `souk_fn_search::search_indexer`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_search::search_indexer::serve()
}
