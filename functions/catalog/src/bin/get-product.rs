//! See `souk_fn_catalog::get_product`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_catalog::get_product::serve()
}
