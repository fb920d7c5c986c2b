//! See `souk_fn_catalog::put_product`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_catalog::put_product::serve()
}
