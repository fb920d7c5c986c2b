//! See `souk_fn_pricing::catalog_facts_projector`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_pricing::catalog_facts_projector::serve()
}
