//! `POST /admin/orders/{order_id}/cancel`, by an operator.

use souk_runtime::http::{
    HttpResult, Request, Role,
    description::Problems,
    problem::catalogue::{IllegalTransition, NotFound, PartlyShipped},
};
use souk_wiring::Call;
pub use souk_workflows::cancel_order::CancelOrder as Deps;

use crate::orders::{OrderView, cancelled};

/// Cancels any order before its first parcel leaves. Repeating it changes nothing.
#[utoipa::path(
    post,
    path = "/admin/orders/{order_id}/cancel",
    operation_id = "admin-cancel-order",
    responses(
        (status = 200, description = "The order, cancelled.", body = OrderView, headers(("ETag"))),
        Problems<(NotFound, IllegalTransition, PartlyShipped)>,
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    request.caller()?.require_any(&[Role::Operator])?;
    cancelled(deps.run(&request.path("order_id")?, &call).await?)
}
