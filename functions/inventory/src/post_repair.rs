//! `POST /admin/inventory/{sku}/{warehouse_id}/repair`: an operator sets a row right from its reservations.

use souk_inventory::{RepairOutcome, Reservations};
use souk_runtime::http::{
    HttpResult, Problem, Request,
    description::{IfMatch, Problems},
    problem::catalogue::{NotFound, RowMoving, TooFewUnits},
};
use souk_wiring::{Call, FromEnvironment};

use crate::{
    operator::{RowView, require_operator, row_of_path},
    problems,
};

/// The reservations and the rows that their units come out of.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    reservations: Reservations,
}

/// Answers with the row as it is stored now; a row that was right already is not written.
#[utoipa::path(
    post,
    path = "/admin/inventory/{sku}/{warehouse_id}/repair",
    operation_id = "post-repair",
    params(IfMatch),
    responses(
        (status = 200, description = "The row, which is sound now.", body = RowView, headers(("ETag"))),
        Problems<(NotFound, TooFewUnits, RowMoving)>,
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let operator = require_operator(&request)?;
    let (sku, warehouse_id) = row_of_path(&request)?;
    let seen = request.if_match()?.ok_or_else(Problem::precondition_required)?;
    let now = call.now;
    let outcome = deps.reservations.repair((&sku, &warehouse_id), seen, &operator, now).await?;
    if let RepairOutcome::Repaired(row) = &outcome {
        let (sku, warehouse_id, version) = (&row.sku, &row.warehouse_id, row.version);
        tracing::warn!(%sku, %warehouse_id, version, "an operator repaired a row of stock");
    }
    problems::repair(outcome)
}
