//! See `souk_fn_fallback`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_runtime::http::serve(souk_fn_fallback::handle)
}
