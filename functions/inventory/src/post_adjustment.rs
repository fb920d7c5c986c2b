//! `POST /admin/inventory/{sku}/{warehouse_id}/adjustments`: goods came or went outside of any order.

use serde::{Deserialize, Serialize};
use souk_domain::{stock::MAX_UNITS, text::TextRule};
use souk_dynamo::Table;
use souk_inventory::{Adjustment, IdempotentRequest, StockRows};
use souk_runtime::http::{
    HttpResult, Problem, Request,
    description::{OptionalIdempotencyKey, Problems},
    problem::catalogue::{BelowReserved, IdempotencyKeyReused, NotFound, TooMuchStock},
};
use souk_wiring::{Call, FromEnvironment};
use utoipa::ToSchema;

use crate::{
    operator::{RowView, require_operator, row_of_path},
    problems,
};

const REASON: TextRule = TextRule::one_line(200);

/// The rows of stock, and the adjustments that were made.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    rows: StockRows,
    #[variable("ADJUSTMENTS_TABLE")]
    remembered: Table,
}

#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[schema(as = Adjustment)]
#[serde(deny_unknown_fields)]
struct Body {
    /// How many units came, or went where it is negative; never 0.
    #[schema(minimum = -1_000_000_000, maximum = 1_000_000_000)]
    delta: i64,
    /// Why, for the ledger.
    #[schema(min_length = 1, max_length = 200)]
    reason: String,
}

impl Body {
    fn check(&self) -> Result<(), Problem> {
        if self.delta == 0 || self.delta.unsigned_abs() > u64::from(MAX_UNITS) {
            let range = format!("must be from -{MAX_UNITS} to {MAX_UNITS}, and not 0");
            return Err(Problem::invalid_field("delta", range));
        }
        REASON.parse(&self.reason).map(drop).map_err(|error| Problem::invalid_field("reason", error.to_string()))
    }
}

/// Answers with the row after the adjustment; a repeat with the same key gets the same answer. Without a key the request
/// takes effect once each time that it is sent: send one wherever it may be repeated, as after an answer that was lost.
#[utoipa::path(
    post,
    path = "/admin/inventory/{sku}/{warehouse_id}/adjustments",
    operation_id = "post-adjustment",
    params(OptionalIdempotencyKey),
    request_body = Body,
    responses(
        (status = 200, description = "The row after the adjustment.", body = RowView, headers(("ETag"))),
        Problems<(NotFound, BelowReserved, TooMuchStock, IdempotencyKeyReused)>,
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let by = require_operator(&request)?;
    let (sku, warehouse_id) = row_of_path(&request)?;
    let key = request.idempotency_key()?;
    let body: Body = request.json()?;
    body.check()?;
    let digest = format!("{} {}", body.delta, body.reason);
    let adjustment = Adjustment { delta: body.delta, reason: body.reason, by, at: call.now };
    let row = (&sku, &warehouse_id);
    let request = IdempotentRequest::of(key, &call, digest);
    problems::adjust(deps.rows.adjust(&deps.remembered, row, &adjustment, &request).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delta_of_nothing_or_too_much_and_a_missing_reason_are_refused_by_name() {
        let field = |delta, reason: &str| {
            let problem = Body { delta, reason: reason.to_owned() }.check().unwrap_err();
            (problem.status(), problem.detail().split(':').next().unwrap().to_owned())
        };
        assert_eq!(field(0, "r"), (400, "delta".to_owned()));
        assert_eq!(field(i64::MIN, "r"), (400, "delta".to_owned()));
        assert_eq!(field(1, " "), (400, "reason".to_owned()));
        assert_eq!(field(1, &"x".repeat(201)), (400, "reason".to_owned()));
        assert!(Body { delta: -1, reason: "damaged".to_owned() }.check().is_ok());
    }
}
