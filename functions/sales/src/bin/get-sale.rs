//! See `souk_fn_sales::shop::get_sale`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_sales::shop::get_sale::serve()
}
