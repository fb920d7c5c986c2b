//! See `souk_fn_cart::put_item`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_runtime::http::serve(souk_fn_cart::put_item::handle)
}
