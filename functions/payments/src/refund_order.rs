//! `POST /admin/orders/{order_id}/refunds`: money goes back to the shopper.

use serde::{Deserialize, Serialize};
use souk_domain::{
    ids::OrderId,
    money::Money,
    payment::{Note, RefundReason},
};
use souk_runtime::http::{
    HttpResult, Problem, Request, Response, Role,
    description::{IdempotencyKey, Problems},
    problem::catalogue::{
        IdempotencyKeyRequired, IdempotencyKeyReused, NotFound, NothingCaptured, RefundRefused, RefundTooLarge,
        TooManyRefunds,
    },
    request_digest,
};
use souk_wiring::Call;
pub use souk_workflows::refund_order::RefundOrder as Deps;
use souk_workflows::refund_order::{self, Outcome};
use utoipa::ToSchema;

use crate::{problems, refund_view::RefundView};

/// What goes back, and why.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[schema(as = RefundOrder)]
#[serde(deny_unknown_fields)]
struct Body {
    /// How much, more than nothing; all that is left where it is absent.
    amount: Option<Money>,
    reason: RefundReason,
    /// For other staff; the shopper never sees it.
    #[schema(min_length = 1, max_length = 500)]
    note: Option<String>,
}

impl Body {
    fn note(&self) -> Result<Option<Note>, Problem> {
        if self.amount.is_some_and(Money::is_nothing) {
            return Err(Problem::invalid_field("amount.amount", "must be at least 1"));
        }
        self.note
            .clone()
            .map(|text| Note::try_from(text).map_err(|why| Problem::invalid_field("note", why)))
            .transpose()
    }
}

/// Refunds an order whose money was taken, in whole or in part: 201 the first time, 200 on a replay, the same refund
/// in its present state. It is `PENDING` where the gateway has not answered yet.
#[utoipa::path(
    post,
    path = "/admin/orders/{order_id}/refunds",
    operation_id = "refund-order",
    params(IdempotencyKey),
    request_body = Body,
    responses(
        (status = 201, description = "The refund.", body = RefundView),
        (status = 200, description = "The refund that this key has made before, as it stands now.", body = RefundView),
        Problems<(IdempotencyKeyRequired, IdempotencyKeyReused, NotFound, NothingCaptured, RefundTooLarge, RefundRefused, TooManyRefunds)>,
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let caller = request.caller()?;
    caller.require_any(&[Role::Operator])?;
    let order_id: OrderId = request.path("order_id")?;
    let idempotency_key = request.required_idempotency_key()?;
    let body: Body = request.json()?;
    let wanted = refund_order::Request {
        order_id,
        idempotency_key,
        digest: request_digest(&body),
        operator_id: caller.user_id,
        amount: body.amount,
        reason: body.reason,
        note: body.note()?,
    };
    match deps.run(wanted, &call).await? {
        Outcome::Made(refund) => Ok(Response::json(201, &RefundView::from(&*refund))),
        Outcome::Repeated(refund) => Ok(Response::json(200, &RefundView::from(&*refund))),
        Outcome::RefusedByGateway { code } => Err(problems::refused_by_gateway(&code)),
        Outcome::Refused(why) => Err(problems::refused(why)),
        Outcome::NotCaptured(state) => Err(problems::not_captured(state)),
        Outcome::Unknown => Err(Problem::not_found("order")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> Body {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn nothing_and_a_note_without_words_are_refused_by_name() {
        let field = |text: &str| body(text).note().unwrap_err().detail().split(':').next().unwrap().to_owned();
        let nothing = r#"{"reason":"GOODWILL","amount":{"amount":0,"currency":"USD"}}"#;
        assert_eq!(field(nothing), "amount.amount");
        assert_eq!(field(r#"{"reason":"OTHER","note":" "}"#), "note");
        assert!(body(r#"{"reason":"OTHER"}"#).note().unwrap().is_none());
    }

    #[test]
    fn the_digest_sees_values_not_spelling() {
        let one = request_digest(&body(r#"{"reason":"DAMAGED","amount":{"amount":5,"currency":"USD"}}"#));
        let same =
            request_digest(&body(r#"{ "amount":{"currency":"USD","amount":5}, "reason":"DAMAGED", "note":null }"#));
        assert_eq!(one, same);
        assert_ne!(one, request_digest(&body(r#"{"reason":"DAMAGED"}"#)));
    }
}
