//! The program of the cart context: see `souk_runtime::functions`.

use souk_fn_cart::{delete_item, get_cart, merge_cart, put_item};

souk_runtime::functions! {
    http "delete-cart-item" => delete_item::handle,
    http "get-cart" => get_cart::handle,
    http "merge-cart" => merge_cart::handle,
    http "put-cart-item" => put_item::handle,
}
