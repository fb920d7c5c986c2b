//! `GET /cart`: the cart of whoever asks.

use souk_cart::Cart;
use souk_runtime::http::{HttpResult, Request};

pub use crate::shopper::Deps;
use crate::{answer::CartView, shopper::owner};

/// Runs the function until its instance ends.
///
/// # Errors
/// Where it cannot start, or the runtime API fails.
pub fn serve() -> Result<(), souk_runtime::Error> {
    souk_runtime::http::serve(handle)
}

/// Answers with the cart. Looking at it makes none: a guest without a cookie sees an empty one.
///
/// # Errors
/// 401 (a bad token), 503.
pub async fn handle(deps: &'static Deps, request: Request) -> HttpResult {
    let now = souk_runtime::now();
    let cart = match owner(deps, &request).await? {
        Some(owner) => deps.carts.get(&owner, now).await?,
        None => Cart::empty(now),
    };
    Ok(CartView::of(&cart, &deps.prices).await?.answer())
}
