//! `POST /orders`: turns a checkout into an order and starts its saga.

use serde::{Deserialize, Serialize};
use souk_domain::{ids::CheckoutId, order::Address};
use souk_runtime::http::{
    HttpResult, Problem, Request, Response, check_purchase,
    description::{IdempotencyKey, Problems},
    problem::catalogue::{
        CartConsumed, CheckoutConsumed, CheckoutExpired, IdempotencyKeyRequired, IdempotencyKeyReused, NotForSale,
        NotFound, PriceChanged,
    },
    request_digest,
};
use souk_wiring::Call;
pub use souk_workflows::place_order::PlaceOrder as Deps;
use souk_workflows::place_order::{self, Outcome, PlaceOrderError};
use utoipa::ToSchema;

use super::OrderView;
use crate::problems;

#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[schema(as = PlaceOrder)]
#[serde(deny_unknown_fields)]
struct Body {
    checkout_id: CheckoutId,
    /// A token of the payment gateway.
    #[schema(pattern = "^pm_[A-Za-z0-9_]{1,100}$", example = "pm_card_visa")]
    payment_method: String,
    shipping_address: Address,
}

/// How many digits of the request's digest an order keeps.
const DIGEST_DIGITS: usize = 32;

/// Places the order: 201 the first time, 200 on a replay, the same order in its present state. A checkout makes one order,
/// and from then on its units are the order's. The same request finds it, whatever its key; another one for the same checkout
/// is 409.
#[utoipa::path(
    post,
    path = "/orders",
    operation_id = "place-order",
    params(IdempotencyKey),
    request_body = Body,
    responses(
        (status = 201, description = "The order is placed.", body = OrderView, headers(("ETag"), ("Location"))),
        (status = 200, description = "The order that this request has placed before, as it stands now.", body = OrderView, headers(("ETag"))),
        Problems<(IdempotencyKeyRequired, IdempotencyKeyReused, NotFound, CheckoutConsumed, CheckoutExpired, CartConsumed, NotForSale, PriceChanged)>,
    ),
    security(("user" = [])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let user_id = request.caller()?.user_id;
    let idempotency_key = request.required_idempotency_key()?;
    let body: Body = request.json()?;
    // Of what was sent, and not of what is kept: the form in which that is kept may change, a repeat must not.
    let mut digest = request_digest(&body);
    // An order is written seven times in its life: half of the digits tell two requests apart as well.
    digest.truncate(DIGEST_DIGITS);
    let shipping_address = check_purchase(&body.payment_method, body.shipping_address)?;
    let wanted = place_order::Request {
        user_id,
        idempotency_key,
        digest,
        checkout_id: body.checkout_id,
        payment_method: body.payment_method,
        shipping_address,
    };
    Err(match deps.run(wanted, &call).await.map_err(unknown)? {
        Outcome::Placed(order) => {
            let location = format!("/orders/{}", order.order_id);
            let response = Response::json(201, &OrderView::whole(&order, None));
            return Ok(response.etag(order.version).header("location", location));
        }
        Outcome::Repeated(order, payment) => {
            return Ok(Response::json(200, &OrderView::whole(&order, payment.as_deref())).etag(order.version));
        }
        Outcome::KeyReused => problems::key_reused(),
        Outcome::NoCheckout => Problem::not_found("checkout"),
        Outcome::CheckoutConsumed => problems::checkout_consumed(),
        Outcome::CheckoutExpired => problems::checkout_expired(),
        Outcome::CartConsumed => problems::cart_consumed(),
        Outcome::NotForSale(sku) => problems::unavailable(&sku),
        Outcome::PriceChanged(changes) => problems::price_changed(&changes),
        Outcome::Contention => Problem::try_again("placing the order was contended"),
    })
}

fn unknown(error: PlaceOrderError) -> Problem {
    match error {
        PlaceOrderError::Store(error) => error.into(),
        PlaceOrderError::Total(error) => Problem::internal(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Requests that were answered by an older version of the shop are repeated to a newer one.
    #[test]
    fn the_digest_of_a_request_never_changes() {
        let body = r#"{"checkout_id":"chk_0123456789abcdef0123456789abcdef","payment_method":"pm_a","shipping_address":
            {"name":" A","line1":"1","line2":"x","city":"C","region":"R","postal_code":"n19gu","country":"GB"}}"#;
        let digest = request_digest(&serde_json::from_str::<Body>(body).unwrap());
        assert_eq!(digest, "834436d623012fbdb8ce9b0ab8a8271235d9012e5fa7bb40ea219548ae72f1e8");
    }

    #[test]
    fn the_digest_sees_values_not_spelling() {
        let body = |text: &str| request_digest(&serde_json::from_str::<Body>(text).unwrap());
        let address = r#"{"name":"A","line1":"1","city":"C","postal_code":"1","country":"US"}"#;
        let id = "chk_0123456789abcdef0123456789abcdef";
        let one = body(&format!(r#"{{"checkout_id":"{id}","payment_method":"pm_a","shipping_address":{address}}}"#));
        let same = body(&format!(r#"{{ "payment_method":"pm_a", "shipping_address":{address},"checkout_id":"{id}"}}"#));
        let other = body(&format!(r#"{{"checkout_id":"{id}","payment_method":"pm_b","shipping_address":{address}}}"#));
        assert_eq!(one, same);
        assert_ne!(one, other);
    }
}
