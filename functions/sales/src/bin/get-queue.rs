//! See `souk_fn_sales::shop::get_queue`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_sales::shop::get_queue::serve()
}
