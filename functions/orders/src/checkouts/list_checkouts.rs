//! `GET /checkouts`: what is open and holds units for the caller.

use serde::Serialize;
use souk_orders::Checkouts;
use souk_runtime::http::{HttpResult, Request, Response};
use souk_wiring::{Call, FromEnvironment};
use utoipa::ToSchema;

use super::CheckoutView;

/// The checkouts.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    checkouts: Checkouts,
}

/// A shopper's open checkouts. There are few: no pages are needed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OpenCheckouts)]
struct OpenCheckouts<'a> {
    checkouts: Vec<CheckoutView<'a>>,
}

/// The caller's open checkouts, the oldest first. One that was made a moment ago may not be listed yet.
#[utoipa::path(
    get,
    path = "/checkouts",
    operation_id = "list-checkouts",
    responses((status = 200, description = "The open checkouts.", body = OpenCheckouts)),
    security(("user" = [])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let user_id = request.caller()?.user_id;
    let open = deps.checkouts.open_of(&user_id, call.now).await?;
    let checkouts = open.iter().map(|checkout| CheckoutView::new(checkout, &[])).collect();
    Ok(Response::json(200, &OpenCheckouts { checkouts }))
}
