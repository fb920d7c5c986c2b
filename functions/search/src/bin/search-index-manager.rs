//! See `souk_fn_search::index_manager`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_runtime::task::serve(souk_fn_search::index_manager::handle)
}
