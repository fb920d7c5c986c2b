//! See `souk_fn_sales::shop::get_intent`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_sales::shop::get_intent::serve()
}
