//! See `souk_fn_sales::background::conduct`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_sales::background::conduct::serve()
}
