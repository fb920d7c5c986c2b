//! `POST /admin/orders/{order_id}/refunds/{refund_id}/retry`: the shopper did not get their money; another attempt.

use souk_domain::{
    ids::{OrderId, RefundId},
    payment::RetryError,
};
use souk_runtime::http::{
    HttpResult, Problem, Request, Response, Role,
    description::Problems,
    problem::catalogue::{NotFound, RefundNotFailed, RefundRefused, RefundTooLarge, TooManyRefunds},
};
use souk_wiring::Call;
use souk_workflows::retry_refund::Outcome;
pub use souk_workflows::retry_refund::RetryRefund as Deps;

use crate::{problems, refund_view::RefundView};

/// Tries a failed refund again: as much, for the same purpose, as far as it can still be refunded. Of each failed refund
/// there is one new attempt: 201 the first time, 200 on a replay. Where that fails, too, try the attempt again.
#[utoipa::path(
    post,
    path = "/admin/orders/{order_id}/refunds/{refund_id}/retry",
    operation_id = "retry-refund",
    responses(
        (status = 201, description = "The new attempt.", body = RefundView),
        (status = 200, description = "The attempt that was made before, as it stands now.", body = RefundView),
        Problems<(NotFound, RefundNotFailed, RefundTooLarge, RefundRefused, TooManyRefunds)>,
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let caller = request.caller()?;
    caller.require_any(&[Role::Operator])?;
    let order_id: OrderId = request.path("order_id")?;
    let failed: RefundId = request.path("refund_id")?;
    match deps.run(&order_id, &failed, &caller.user_id, &call).await? {
        Outcome::Made(refund) => Ok(Response::json(201, &RefundView::from(&*refund))),
        Outcome::Repeated(refund) => Ok(Response::json(200, &RefundView::from(&*refund))),
        Outcome::RefusedByGateway { refund_id, code } => {
            Err(problems::refused_by_gateway(&code).with("refund_id", refund_id))
        }
        Outcome::Refused(RetryError::Unknown) => Err(Problem::not_found("refund")),
        Outcome::Refused(RetryError::NotFailed(state)) => Err(problems::not_failed(state)),
        Outcome::Refused(RetryError::Ask(why)) => Err(problems::refused(why)),
    }
}
