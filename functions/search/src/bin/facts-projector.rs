//! See `souk_fn_search::facts_projector`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_search::facts_projector::serve()
}
