//! See `souk_fn_catalog::put_seller`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_catalog::put_seller::serve()
}
