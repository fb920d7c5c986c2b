//! See `souk_fn_sales::admin::put`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_sales::admin::put::serve()
}
