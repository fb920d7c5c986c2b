//! `DELETE /cart/items/{sku}`: none of a SKU is in the cart.

use souk_cart::Cart;
use souk_domain::ids::Sku;
use souk_runtime::http::{HttpResult, Request};
use souk_wiring::Call;

pub use crate::shopper::Deps;
use crate::{answer::CartView, problems, shopper::owner};

/// Answers with the cart as it is now. Taking out what is not there changes nothing.
#[utoipa::path(
    delete,
    path = "/cart/items/{sku}",
    operation_id = "delete-cart-item",
    responses((status = 200, description = "The cart as it is now.", body = CartView)),
    security((), ("guest" = []), ("user" = [])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let owner = owner(deps, &request).await?;
    let sku: Sku = request.path("sku")?;
    let now = call.now;
    let cart = match owner {
        Some(owner) => problems::change(deps.carts.remove(&owner, &sku, now).await?)?,
        None => Cart::empty(now),
    };
    Ok(CartView::of(&cart, &deps.prices).await?.answer())
}
