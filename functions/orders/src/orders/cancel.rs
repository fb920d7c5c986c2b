//! `POST /orders/{order_id}/cancel`, by the customer.

use souk_runtime::http::{HttpResult, Request};
use souk_wiring::Call;
pub use souk_workflows::cancel_order::CancelOwnOrder as Deps;

use super::view::cancelled;

/// Cancels before shipment. Repeating it changes nothing.
///
/// # Errors
/// 404 where it is not the caller's; 409 once it was shipped.
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let user_id = request.caller()?.user_id;
    cancelled(deps.run(&request.path("order_id")?, &user_id, &call).await?)
}
