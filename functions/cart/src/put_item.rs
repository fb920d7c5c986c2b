//! `PUT /cart/items/{sku}`: so many units of a SKU are in the cart.

use serde::Deserialize;
use souk_cart::{GuestToken, Owner};
use souk_domain::{ids::Sku, quantity::Quantity};
use souk_runtime::http::{HttpResult, Problem, Request};
use souk_wiring::Call;

pub use crate::shopper::Deps;
use crate::{
    answer::CartView,
    problems,
    shopper::{owner, remember},
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    quantity: Quantity,
}

/// Answers with the cart as it is now. A guest's first line makes their cart and their cookie.
///
/// # Errors
/// 400, 401 (a bad token), 409 (withdrawn, or too many lines), 413, 422 (unknown SKU), 503.
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let sku: Sku = request.path("sku")?;
    let Body { quantity } = request.json()?;
    let owner = match owner(deps, &request).await? {
        Some(owner) => owner,
        None => Owner::Guest(GuestToken::random().map_err(Problem::internal)?),
    };
    let offer = deps.prices.get_many([&sku]).await?.remove(&sku).unwrap_or_default();
    if offer.is_unknown() {
        return Err(problems::unknown_sku(&sku));
    }
    if offer.withdrawn {
        return Err(problems::withdrawn(&sku));
    }
    let changed = deps.carts.put(&owner, &sku, quantity, offer.price, call.now).await?;
    let cart = problems::change(changed)?;
    Ok(remember(CartView::of(&cart, &deps.prices).await?.answer(), &owner))
}
