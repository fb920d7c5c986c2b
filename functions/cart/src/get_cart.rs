//! `GET /cart`: the cart of whoever asks.

use souk_cart::Cart;
use souk_runtime::http::{HttpResult, Request};
use souk_wiring::Call;

pub use crate::shopper::Deps;
use crate::{answer::CartView, shopper::owner};

/// Answers with the cart. Looking at it makes none: a guest without a cookie sees an empty one.
#[utoipa::path(
    get,
    path = "/cart",
    operation_id = "get-cart",
    responses((status = 200, description = "The cart.", body = CartView)),
    security((), ("guest" = []), ("user" = [])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let now = call.now;
    let cart = match owner(deps, &request).await? {
        Some(owner) => deps.carts.get(&owner, now).await?,
        None => Cart::empty(now),
    };
    Ok(CartView::of(&cart, &deps.prices).await?.answer())
}
