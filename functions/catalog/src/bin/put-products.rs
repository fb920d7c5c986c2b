//! See `souk_fn_catalog::put_products`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_catalog::put_products::serve()
}
