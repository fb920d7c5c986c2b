//! `POST /cart/merge`: what a guest put into the cart becomes part of the cart of the user who signed in.

use souk_cart::MergeOutcome;
use souk_runtime::http::{HttpResult, Problem, Request};
use souk_wiring::Call;

pub use crate::shopper::Deps;
use crate::{
    answer::CartView,
    shopper::{forget_guest, guest},
};

/// Answers with the user's cart. Of a SKU in both, the larger quantity stays. A second call changes
/// nothing. Lines that find no place in a full cart are named and stay with the guest.
#[utoipa::path(
    post,
    path = "/cart/merge",
    operation_id = "merge-cart",
    responses(
        (status = 200, description = "The user's cart.", body = CartView, headers(("Set-Cookie"))),
    ),
    security(("user" = []), ("user" = [], "guest" = [])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let user = deps.tokens.caller(&request).await?.ok_or_else(Problem::unauthorized)?.user_id;
    let now = call.now;
    let Some(token) = guest(&request)? else {
        let cart = deps.carts.of_user(&user, now).await?;
        return Ok(CartView::of(&cart, &deps.prices).await?.answer());
    };
    match deps.carts.merge(&user, &token, now).await? {
        MergeOutcome::Merged(cart) => Ok(forget_guest(CartView::of(&cart, &deps.prices).await?.answer())),
        MergeOutcome::Full(cart, left) => Ok(CartView::of(&cart, &deps.prices).await?.leaving_out(left).answer()),
        MergeOutcome::Busy => Err(Problem::try_again("the carts are being changed by others")),
    }
}
