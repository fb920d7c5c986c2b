//! See `souk_fn_sales::admin::resume`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_sales::admin::resume::serve()
}
