//! Lambda handlers of the cart context.
#![forbid(unsafe_code)]

mod answer;
pub mod delete_item;
pub mod get_cart;
pub mod merge_cart;
mod problems;
pub mod put_item;
mod shopper;
