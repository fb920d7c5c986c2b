//! `GET /cart`: the cart of whoever asks.

use souk_cart::{Cart, Owner};
use souk_orders::Checkouts;
use souk_runtime::http::{HttpResult, Request};
use souk_wiring::{Call, FromEnvironment};

use crate::{
    answer::CartView,
    shopper::{self, owner},
};

/// What every request about a cart needs, and the checkouts, of which one may be the cart's.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    shopper: shopper::Deps,
    checkouts: Checkouts,
}

/// Answers with the cart. Looking at it makes none: a guest without a cookie sees an empty one. A user's names the checkout
/// that is open for it.
#[utoipa::path(
    get,
    path = "/cart",
    operation_id = "get-cart",
    responses((status = 200, description = "The cart.", body = CartView)),
    security((), ("guest" = []), ("user" = [])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let Deps { shopper, checkouts } = deps;
    let owner = owner(shopper, &request).await?;
    let cart = match &owner {
        Some(owner) => shopper.carts.get(owner, call.now).await?,
        None => Cart::empty(call.now),
    };
    let checkout = match &owner {
        Some(Owner::User(user_id)) if !cart.lines.is_empty() => {
            checkouts.open_of_cart(user_id, cart.version, call.now).await?
        }
        _ => None,
    };
    Ok(CartView::of(&cart, &shopper.prices).await?.naming(checkout).answer())
}
