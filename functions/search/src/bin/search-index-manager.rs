//! See `souk_fn_search::index_manager`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_search::index_manager::serve()
}
