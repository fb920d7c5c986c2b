//! `POST /orders/{order_id}/payment`: another payment method, after a decline.

use serde::{Deserialize, Serialize};
use souk_domain::payment::check_method;
use souk_runtime::http::{
    HttpResult, Problem, Request, Response,
    description::{IdempotencyKey, Problems},
    problem::catalogue::{
        IdempotencyKeyRequired, IdempotencyKeyReused, NotFound, PaymentNotAwaited, TooManyPaymentMethods,
    },
    request_digest,
};
use souk_wiring::Call;
pub use souk_workflows::pay_order::PayOrder as Deps;
use souk_workflows::pay_order::{self, Outcome};
use utoipa::ToSchema;

use super::OrderView;
use crate::problems;

/// Another way to pay.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[schema(as = PayOrder)]
#[serde(deny_unknown_fields)]
struct Body {
    /// A token of the payment gateway.
    #[schema(pattern = "^pm_[A-Za-z0-9_]{1,100}$", example = "pm_card_visa")]
    payment_method: String,
}

/// Tries another payment method for an order whose payment was declined, without a new order: while it is
/// `PENDING_PAYMENT`, its payment `DECLINED`, and its time to pay is not over: until then its units are held. Repeating the
/// request tries it once. A flash sale's order is cancelled by its decline.
#[utoipa::path(
    post,
    path = "/orders/{order_id}/payment",
    operation_id = "pay-order",
    params(IdempotencyKey),
    request_body = Body,
    responses(
        (status = 202, description = "The order: it is being paid, or was. Its status tells how that ends.", body = OrderView, headers(("ETag"))),
        Problems<(IdempotencyKeyRequired, IdempotencyKeyReused, NotFound, PaymentNotAwaited, TooManyPaymentMethods)>,
    ),
    security(("user" = [])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let user_id = request.caller()?.user_id;
    let order_id = request.path("order_id")?;
    let key_digest = request_digest(&request.required_idempotency_key()?);
    let body: Body = request.json()?;
    let digest = request_digest(&body);
    check_method(&body.payment_method).map_err(|error| Problem::invalid_field("payment_method", error.to_string()))?;
    let wanted = pay_order::Request {
        user_id,
        order_id,
        key_digest,
        request_digest: digest,
        payment_method: body.payment_method,
    };
    Err(match deps.run(&wanted, &call).await? {
        Outcome::Tried(order, payment) => {
            return Ok(Response::json(202, &OrderView::whole(&order, Some(&payment))).etag(order.version));
        }
        Outcome::NotAwaited(order, payment) => problems::payment_not_awaited(&order, payment),
        Outcome::TooMany => problems::too_many_methods(),
        Outcome::KeyReused => problems::key_reused(),
        Outcome::Unknown => Problem::not_found("order"),
    })
}
