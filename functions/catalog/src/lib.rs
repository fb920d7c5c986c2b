//! Lambda handlers of the catalog context: the operators' endpoints and the publisher of its events.
#![forbid(unsafe_code)]

pub mod delete_product;
pub mod get_category;
pub mod get_product;
pub mod get_seller;
mod operator;
mod problems;
pub mod publisher;
pub mod put_category;
pub mod put_product;
pub mod put_products;
pub mod put_seller;
