//! Lambda handlers of the cart context.
#![forbid(unsafe_code)]

mod answer;
pub mod delete_cart_item;
pub mod get_cart;
pub mod merge_cart;
mod problems;
pub mod put_cart_item;
mod shopper;

souk_runtime::functions! {
    http "delete-cart-item" => delete_cart_item::handle,
    http "get-cart" => get_cart::handle,
    http "merge-cart" => merge_cart::handle,
    http "put-cart-item" => put_cart_item::handle,
}
