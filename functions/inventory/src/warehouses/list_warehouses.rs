//! `GET /admin/warehouses`: all warehouses of which anything was said.

use serde::Serialize;
use souk_inventory::Warehouse;
use souk_runtime::http::{HttpResult, Request, Response};
use souk_wiring::Call;
use utoipa::ToSchema;

pub use super::Deps;
use crate::operator::require_operator;

/// All of them: they are few.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WarehouseList)]
struct WarehouseList {
    /// By id.
    warehouses: Vec<Warehouse>,
}

/// Answers with the warehouses as they are stored now.
#[utoipa::path(
    get,
    path = "/admin/warehouses",
    operation_id = "list-warehouses",
    responses((status = 200, description = "The warehouses.", body = WarehouseList)),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    require_operator(&request)?;
    Ok(Response::json(200, &WarehouseList { warehouses: deps.warehouses.all().await? }))
}
