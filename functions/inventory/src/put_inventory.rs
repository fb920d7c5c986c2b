//! `PUT /admin/inventory/{sku}/{warehouse_id}`: how many units a warehouse holds, as counted.

use serde::Deserialize;
use souk_domain::{
    ids::{Sku, UserId, WarehouseId},
    stock::StockRow,
};
use souk_inventory::{Count, Seen};
use souk_runtime::http::{
    Effect, HttpResult, Problem, Request, Response,
    description::{IfMatch, Problems},
    problem::catalogue::BelowReserved,
};
use souk_wiring::Call;
use utoipa::ToSchema;

pub use crate::operator::Deps;
use crate::{
    operator::{RowView, SeenBooks, check_units, place_of, require_operator, row_of_path},
    problems,
};

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SetQuantity)]
#[serde(deny_unknown_fields)]
struct Body {
    /// How many units were counted.
    #[schema(maximum = 1_000_000_000)]
    quantity: u32,
    /// Where they lie, such as `A-12-3`, up to 32 visible characters. Absent: where they lay before.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 128)]
    place: Option<String>,
    /// What the row showed when its units were counted. Where `If-Match` is sent, that holds.
    #[serde(default)]
    seen: Option<SeenBooks>,
}

/// Answers with the row as it is stored now: 201 where the warehouse did not hold the SKU yet. A count of what is there is
/// held to `If-Match`, which every sale makes stale, or to what was `seen`: then what was sold since is taken off it.
#[utoipa::path(
    put,
    path = "/admin/inventory/{sku}/{warehouse_id}",
    operation_id = "put-inventory",
    params(IfMatch),
    request_body = Body,
    responses(
        (status = 200, description = "It was changed, or was equal.", body = RowView, headers(("ETag"))),
        (status = 201, description = "The warehouse holds the SKU for the first time.", body = RowView, headers(("ETag"))),
        Problems<BelowReserved>,
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let operator = require_operator(&request)?;
    let (sku, warehouse_id) = row_of_path(&request)?;
    let version = request.if_match()?;
    let Body { quantity, place, seen } = request.json()?;
    let seen = SeenBooks::or_version(seen, version)?;
    let count = (quantity, place.as_deref());
    let (effect, row) = put(deps, (&sku, &warehouse_id), count, seen, &operator, &call).await?;
    Ok(Response::put(effect, row.version, &RowView::from(&row)))
}

/// The one way in which an operator says how many units were counted and where, alone or as one row of many.
pub(crate) async fn put(
    deps: &Deps,
    row: (&Sku, &WarehouseId),
    (quantity, place): (u32, Option<&str>),
    seen: Seen,
    by: &UserId,
    call: &Call,
) -> Result<(Effect, StockRow), Problem> {
    check_units("quantity", quantity)?;
    let count = Count { quantity, place: place.map(place_of).transpose()? };
    problems::set_quantity(deps.rows.set_quantity(row, count, seen, by, call.now).await?)
}
