//! See `souk_fn_sales::admin::close`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_sales::admin::close::serve()
}
