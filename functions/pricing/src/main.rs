//! The program of the pricing context: see `souk_runtime::functions`.

use souk_fn_pricing::{catalog_facts_projector, get_price, price_publisher, put_price, put_prices};

souk_runtime::functions! {
    queue "catalog-facts-projector" => catalog_facts_projector::handle,
    http "get-price" => get_price::handle,
    stream "price-publisher" => price_publisher::handle,
    http "put-price" => put_price::handle,
    http "put-prices" => put_prices::handle,
}
