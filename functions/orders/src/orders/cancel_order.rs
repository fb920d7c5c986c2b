//! `POST /orders/{order_id}/cancel`, by the customer.

use souk_runtime::http::{
    HttpResult, Request,
    description::Problems,
    problem::catalogue::{AlreadyPacked, IllegalTransition, NotFound, PartlyShipped},
};
use souk_wiring::Call;
pub use souk_workflows::cancel_order::CancelOwnOrder as Deps;

use super::view::{OrderView, cancelled};

/// Cancels, or asks the warehouse while it picks; what is packed is not cancelled any more. Repeating it changes nothing.
#[utoipa::path(
    post,
    path = "/orders/{order_id}/cancel",
    operation_id = "cancel-order",
    responses(
        (status = 200, description = "The order, cancelled.", body = OrderView, headers(("ETag"))),
        (status = 202, description = "The order, as it is: a warehouse picks it and is asked. Its answer shows in the order's status.", body = OrderView, headers(("ETag"))),
        Problems<(NotFound, IllegalTransition, AlreadyPacked, PartlyShipped)>,
    ),
    security(("user" = [])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let user_id = request.caller()?.user_id;
    cancelled(deps.run(&request.path("order_id")?, &user_id, &call).await?)
}
