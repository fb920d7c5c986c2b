//! `GET /admin/prices/{sku}`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_runtime::http::serve(souk_fn_pricing::get_price::handle)
}
