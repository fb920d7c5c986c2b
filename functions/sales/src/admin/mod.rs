//! What operators do with a sale.

pub mod close;
pub mod get;
pub mod open;
pub mod pause;
pub mod put;
pub mod resume;

use serde_json::{Value, json};
use souk_domain::ids::SaleId;
use souk_runtime::http::{HttpResult, Problem, Request, Response, Role};
use souk_sales::{Room, Sale, TransitionOutcome};

use crate::problems;

/// The sale that an operator's request names.
fn sale_of(request: &Request) -> Result<SaleId, Problem> {
    request.caller()?.require_any(&[Role::Operator])?;
    request.path("sale_id")
}

/// A sale's terms and how its units lie.
fn sale_view(sale: &Sale) -> Value {
    let terms = &sale.terms;
    json!({
        "sale_id": sale.sale_id,
        "sku": terms.sku(),
        "units": terms.units(),
        "price": terms.price(),
        "opens_at": terms.opens_at().to_string(),
        "closes_at": terms.closes_at().map(|closes_at| closes_at.to_string()),
        "admission_rate": terms.admission_rate(),
        "expected_shoppers": terms.expected_shoppers(),
        "shards": sale.shard_count(),
        "commitment": sale.commitment,
        "version": sale.version,
        "created_at": sale.created_at.to_string(),
    })
}

/// Where a sale stands after an operator's word.
fn transitioned(outcome: TransitionOutcome, wanted: &str) -> HttpResult {
    match outcome {
        TransitionOutcome::Done(room) | TransitionOutcome::Already(room) => Ok(Response::json(200, &room_view(&room))),
        TransitionOutcome::Refused(room) => Err(problems::illegal(room.status, wanted)),
        TransitionOutcome::Busy => Err(Problem::try_again("the sale's room kept being written")),
        TransitionOutcome::Unknown => Err(problems::no_such_sale()),
    }
}

fn room_view(room: &Room) -> Value {
    json!({ "sale_id": room.sale_id, "status": room.status, "opens_at": room.opens_at.to_string() })
}
