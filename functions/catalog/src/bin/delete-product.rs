//! See `souk_fn_catalog::delete_product`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_catalog::delete_product::serve()
}
