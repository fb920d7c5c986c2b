//! See `souk_fn_sales::admin::pause`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_sales::admin::pause::serve()
}
