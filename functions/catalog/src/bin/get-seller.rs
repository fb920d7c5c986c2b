//! See `souk_fn_catalog::get_seller`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_catalog::get_seller::serve()
}
