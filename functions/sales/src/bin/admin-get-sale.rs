//! See `souk_fn_sales::admin::get`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_sales::admin::get::serve()
}
