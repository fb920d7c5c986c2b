//! See `souk_fn_search::page_projector`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_search::page_projector::serve()
}
