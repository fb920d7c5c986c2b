//! Lambda handlers of the catalog context: the operators' endpoints and the publisher of its events.
#![forbid(unsafe_code)]

pub mod change_products;
pub mod delete_product;
pub mod get_category;
pub mod get_collection;
pub mod get_product;
pub mod get_seller;
mod operator;
mod problems;
pub mod publish_catalog;
pub mod put_category;
pub mod put_collection;
pub mod put_product;
pub mod put_products;
pub mod put_seller;

souk_runtime::functions! {
    stream "publish-catalog" => publish_catalog::handle,
    http "change-products" => change_products::handle,
    http "delete-product" => delete_product::handle,
    http "get-category" => get_category::handle,
    http "get-collection" => get_collection::handle,
    http "get-product" => get_product::handle,
    http "get-seller" => get_seller::handle,
    http "put-category" => put_category::handle,
    http "put-collection" => put_collection::handle,
    http "put-product" => put_product::handle,
    http "put-products" => put_products::handle,
    http "put-seller" => put_seller::handle,
}
