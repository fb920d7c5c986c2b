//! `GET /checkouts/{checkout_id}`.

use souk_orders::Checkouts;
use souk_runtime::http::{HttpResult, Problem, Request, Response, description::Problems, problem::catalogue::NotFound};
use souk_wiring::{Call, FromEnvironment};

use super::CheckoutView;

/// The checkouts.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    checkouts: Checkouts,
}

/// The caller's checkout.
#[utoipa::path(
    get,
    path = "/checkouts/{checkout_id}",
    operation_id = "get-checkout",
    responses(
        (status = 200, description = "The checkout.", body = CheckoutView),
        Problems<NotFound>,
    ),
    security(("user" = [])),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    let user_id = request.caller()?.user_id;
    let checkout_id = request.path("checkout_id")?;
    let checkout = deps.checkouts.of_user(&checkout_id, &user_id).await?.filter(|checkout| !checkout.is_given_up());
    let checkout = checkout.ok_or_else(|| Problem::not_found("checkout"))?;
    Ok(Response::json(200, &CheckoutView::new(&checkout, &[])))
}
