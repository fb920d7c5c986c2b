//! `GET /checkouts/{checkout_id}`.

use souk_orders::Checkouts;
use souk_runtime::http::{HttpResult, Problem, Request, Response};
use souk_wiring::{Call, FromEnvironment};

use super::CheckoutView;

/// The checkouts.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    checkouts: Checkouts,
}

/// The caller's checkout.
///
/// # Errors
/// 404 where there is none, it was given up, or it is another user's.
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    let user_id = request.caller()?.user_id;
    let checkout_id = request.path("checkout_id")?;
    let checkout = deps.checkouts.of_user(&checkout_id, &user_id).await?.filter(|checkout| !checkout.abandoned);
    let checkout = checkout.ok_or_else(|| Problem::not_found("checkout"))?;
    Ok(Response::json(200, &CheckoutView::new(&checkout, &[])))
}
