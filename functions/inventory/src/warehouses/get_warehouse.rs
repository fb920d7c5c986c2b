//! `GET /admin/warehouses/{warehouse_id}`: where a warehouse is, and when it sends.

use souk_domain::ids::WarehouseId;
use souk_inventory::Warehouse;
use souk_runtime::http::{
    HttpResult, Problem, Request, Response,
    description::{IfNoneMatch, Problems},
    problem::catalogue::NotFound,
};
use souk_wiring::Call;

pub use super::Deps;
use crate::operator::require_operator;

/// Answers with the warehouse as it is stored now.
#[utoipa::path(
    get,
    path = "/admin/warehouses/{warehouse_id}",
    operation_id = "get-warehouse",
    params(IfNoneMatch),
    responses(
        (status = 200, description = "The warehouse.", body = Warehouse, headers(("ETag"))),
        Problems<NotFound>,
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    require_operator(&request)?;
    let id: WarehouseId = request.path("warehouse_id")?;
    let warehouse = deps.warehouses.get(&id).await?.ok_or_else(|| Problem::not_found("warehouse"))?;
    Ok(Response::json(200, &warehouse).revision(warehouse.version))
}
