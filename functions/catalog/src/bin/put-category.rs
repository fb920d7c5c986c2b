//! See `souk_fn_catalog::put_category`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_catalog::put_category::serve()
}
