//! `PUT /cart/items/{sku}`: so many units of a SKU are in the cart.

use serde::Deserialize;
use souk_cart::{GuestToken, Owner};
use souk_domain::{ids::Sku, quantity::Quantity};
use souk_runtime::http::{
    HttpResult, Problem, Request,
    description::Problems,
    problem::catalogue::{AboveOrderLimit, CartFull, NotForSale, UnknownSku},
};
use souk_wiring::Call;
use utoipa::ToSchema;

pub use crate::shopper::Deps;
use crate::{
    answer::CartView,
    problems,
    shopper::{owner, remember},
};

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SetCartItem)]
#[serde(deny_unknown_fields)]
struct Body {
    quantity: Quantity,
}

/// Answers with the cart as it is now. A guest's first line makes their cart and their cookie.
#[utoipa::path(
    put,
    path = "/cart/items/{sku}",
    operation_id = "put-cart-item",
    request_body = Body,
    responses(
        (status = 200, description = "The cart as it is now.", body = CartView, headers(("Set-Cookie"))),
        Problems<(NotForSale, AboveOrderLimit, CartFull, UnknownSku)>,
    ),
    security((), ("guest" = []), ("user" = [])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let owner = match owner(deps, &request).await? {
        Some(owner) => owner,
        None => Owner::Guest(GuestToken::random().map_err(Problem::internal)?),
    };
    let sku: Sku = request.path("sku")?;
    let Body { quantity } = request.json()?;
    let offer = deps.prices.get_many([&sku]).await?.remove(&sku).unwrap_or_default();
    if offer.is_unknown() {
        return Err(problems::unknown_sku(&sku));
    }
    if offer.withdrawn {
        return Err(problems::withdrawn(&sku));
    }
    if let Some(most) = offer.max_per_order.filter(|most| quantity.get() > most.get()) {
        return Err(problems::above_order_limit(&sku, most));
    }
    let changed = deps.carts.put(&owner, &sku, quantity, offer.price, call.now).await?;
    let cart = problems::change(changed)?;
    Ok(remember(CartView::of(&cart, &deps.prices).await?.answer(), &owner))
}
