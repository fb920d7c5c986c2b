//! See `souk_fn_sales::background::sweep`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_sales::background::sweep::serve()
}
