//! See `souk_fn_search::page_projector`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_runtime::stream::serve(souk_fn_search::page_projector::handle)
}
