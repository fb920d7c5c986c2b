//! See `souk_fn_search::suggest`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_search::suggest::serve()
}
