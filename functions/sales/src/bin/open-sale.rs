//! See `souk_fn_sales::admin::open`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_sales::admin::open::serve()
}
