//! See `souk_fn_fallback`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_fallback::serve()
}
