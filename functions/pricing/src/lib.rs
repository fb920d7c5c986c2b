//! Lambda handlers of the pricing context.
#![forbid(unsafe_code)]

pub mod catalog_facts_projector;
pub mod get_price;
mod operator;
mod problems;
pub mod publish_prices;
pub mod put_price;
pub mod put_prices;

souk_runtime::functions! {
    queue "catalog-facts-projector" => catalog_facts_projector::handle,
    http "get-price" => get_price::handle,
    stream "publish-prices" => publish_prices::handle,
    http "put-price" => put_price::handle,
    http "put-prices" => put_prices::handle,
}
