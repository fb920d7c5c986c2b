//! Lambda handlers of the pricing context.
#![forbid(unsafe_code)]

pub mod catalog_facts_projector;
pub mod get_price;
mod operator;
pub mod price_publisher;
mod problems;
pub mod put_price;
pub mod put_prices;
