//! See `souk_fn_search::get_product_page`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_search::get_product_page::serve()
}
