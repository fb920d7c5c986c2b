//! The program of the catalog context: see `souk_runtime::functions`.

use souk_fn_catalog::{
    delete_product, get_category, get_product, get_seller, publisher, put_category, put_product, put_products,
    put_seller,
};

souk_runtime::functions! {
    stream "catalog-publisher" => publisher::handle,
    http "delete-product" => delete_product::handle,
    http "get-category" => get_category::handle,
    http "get-product" => get_product::handle,
    http "get-seller" => get_seller::handle,
    http "put-category" => put_category::handle,
    http "put-product" => put_product::handle,
    http "put-products" => put_products::handle,
    http "put-seller" => put_seller::handle,
}
