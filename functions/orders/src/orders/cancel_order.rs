//! `POST /orders/{order_id}/cancel`, by the customer.

use souk_runtime::http::{
    HttpResult, Request,
    description::Problems,
    problem::catalogue::{IllegalTransition, NotFound},
};
use souk_wiring::Call;
pub use souk_workflows::cancel_order::CancelOwnOrder as Deps;

use super::view::{OrderView, cancelled};

/// Cancels before shipment. Repeating it changes nothing.
#[utoipa::path(
    post,
    path = "/orders/{order_id}/cancel",
    operation_id = "cancel-order",
    responses(
        (status = 200, description = "The order, cancelled.", body = OrderView, headers(("ETag"))),
        Problems<(NotFound, IllegalTransition)>,
    ),
    security(("user" = [])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let user_id = request.caller()?.user_id;
    cancelled(deps.run(&request.path("order_id")?, &user_id, &call).await?)
}
