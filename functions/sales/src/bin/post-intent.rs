//! See `souk_fn_sales::shop::post_intent`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_sales::shop::post_intent::serve()
}
