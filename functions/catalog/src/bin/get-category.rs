//! See `souk_fn_catalog::get_category`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_catalog::get_category::serve()
}
