//! `POST /admin/orders/{order_id}/cancel`, by an operator.

use souk_runtime::http::{HttpResult, Request, Role};
use souk_wiring::Call;
pub use souk_workflows::cancel_order::CancelOrder as Deps;

use crate::orders::cancelled;

/// Cancels any order before shipment. Repeating it changes nothing.
///
/// # Errors
/// 403 for anybody but operators, 404 where there is no such order, 409 once it was shipped.
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    request.caller()?.require_any(&[Role::Operator])?;
    cancelled(deps.run(&request.path("order_id")?, &call).await?)
}
