//! See `souk_fn_catalog::publisher`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_runtime::stream::serve(souk_fn_catalog::publisher::handle)
}
