//! The program of the fallback context: see `souk_runtime::functions`.

souk_runtime::functions! {
    http "fallback" => souk_fn_fallback::handle,
}
