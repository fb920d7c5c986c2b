//! See `souk_fn_pricing::catalog_facts_projector`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_runtime::queue::serve(souk_fn_pricing::catalog_facts_projector::handle)
}
