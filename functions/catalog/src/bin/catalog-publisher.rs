//! See `souk_fn_catalog::publisher`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_catalog::publisher::serve()
}
