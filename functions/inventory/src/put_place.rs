//! `PUT /admin/inventory/{sku}/{warehouse_id}/place`: where a warehouse's units of a SKU lie.

use serde::Deserialize;
use souk_inventory::PlaceOutcome;
use souk_runtime::http::{HttpResult, Problem, Request, description::Problems, problem::catalogue::NotFound};
use souk_wiring::Call;
use utoipa::ToSchema;

pub use crate::operator::Deps;
use crate::operator::{RowView, answer, place_of, row_of_path};

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SetPlace)]
#[serde(deny_unknown_fields)]
struct Body {
    /// Such as `A-12-3`, up to 32 visible characters; `null` where no place is kept any more.
    // A missing field would otherwise be read as null, and take the place away.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required, min_length = 1, max_length = 128)]
    place: Option<String>,
}

/// Says where the units lie. It is no count, so it takes no `If-Match`: the last word holds. The row's version rises,
/// and its ledger tells who said so.
#[utoipa::path(
    put,
    path = "/admin/inventory/{sku}/{warehouse_id}/place",
    operation_id = "put-place",
    request_body = Body,
    responses(
        (status = 200, description = "The row; it was changed, or was equal.", body = RowView, headers(("ETag"))),
        Problems<NotFound>,
    ),
    security(("user" = ["warehouse"]), ("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let caller = request.caller()?;
    let (sku, warehouse_id) = row_of_path(&request)?;
    caller.require_work_in(&warehouse_id)?;
    let Body { place } = request.json()?;
    let place = place.as_deref().map(place_of).transpose()?;
    match deps.rows.put_away((&sku, &warehouse_id), place.as_ref(), &caller.user_id, call.now).await? {
        PlaceOutcome::Placed(row) | PlaceOutcome::Unchanged(row) => Ok(answer(200, &row)),
        PlaceOutcome::Absent => Err(Problem::not_found("stock in this warehouse")),
    }
}
