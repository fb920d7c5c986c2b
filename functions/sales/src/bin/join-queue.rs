//! See `souk_fn_sales::shop::join_queue`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_sales::shop::join_queue::serve()
}
