//! `PUT /admin/warehouses/{warehouse_id}`: where a warehouse is, and when it sends.

use souk_domain::ids::WarehouseId;
use souk_inventory::{PutWarehouseOutcome, Warehouse, WarehouseDetails};
use souk_runtime::http::{Effect, HttpResult, Problem, Request, Response, description::IfMatch};
use souk_wiring::Call;

pub use super::Deps;
use crate::operator::require_operator;

/// The highest number.
const MAX_PRIORITY: u32 = 1_000_000;

/// Answers with the warehouse as it is stored now: 201 where nothing had been said of it. Checkouts know it within a
/// minute: an order is sent from as few warehouses as can serve it, and among those from the nearest.
#[utoipa::path(
    put,
    path = "/admin/warehouses/{warehouse_id}",
    operation_id = "put-warehouse",
    params(IfMatch),
    request_body = WarehouseDetails,
    responses(
        (status = 200, description = "It was changed, or was equal.", body = Warehouse, headers(("ETag"))),
        (status = 201, description = "It is known from now on.", body = Warehouse, headers(("ETag"))),
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    require_operator(&request)?;
    let id: WarehouseId = request.path("warehouse_id")?;
    let seen = request.if_match()?;
    let WarehouseDetails { area, priority } = request.json()?;
    let area =
        area.checked().map_err(|why| Problem::invalid_field(format!("area.{}", why.field()), why.to_string()))?;
    if priority > MAX_PRIORITY {
        return Err(Problem::invalid_field("priority", format!("must be from 0 to {MAX_PRIORITY}")));
    }
    let (effect, warehouse) = match deps.warehouses.put(&id, WarehouseDetails { area, priority }, seen).await? {
        PutWarehouseOutcome::Created(it) => (Effect::Created, it),
        PutWarehouseOutcome::Changed(it) => (Effect::Changed, it),
        PutWarehouseOutcome::Unchanged(it) => (Effect::Unchanged, it),
        PutWarehouseOutcome::VersionNeeded(present) => return Err(Problem::version_needed(present.version)),
        PutWarehouseOutcome::Stale(Some(present)) => return Err(Problem::stale(present.version)),
        PutWarehouseOutcome::Stale(None) => return Err(Problem::nothing_to_match()),
    };
    Ok(Response::put(effect, warehouse.version, &warehouse))
}
