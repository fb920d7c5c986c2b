//! `GET /admin/inventory/{sku}`: a SKU's rows in all warehouses.

use serde::Serialize;
use souk_domain::ids::Sku;
use souk_runtime::http::{HttpResult, Problem, Request, Response, description::Problems, problem::catalogue::NotFound};
use souk_wiring::Call;
use utoipa::ToSchema;

pub use crate::operator::Deps;
use crate::operator::{RowView, require_operator};

/// A SKU's stock.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StockRows)]
struct RowViews<'a> {
    /// One a warehouse.
    rows: Vec<RowView<'a>>,
}

/// Answers with the rows as they are stored now.
#[utoipa::path(
    get,
    path = "/admin/inventory/{sku}",
    operation_id = "get-inventory",
    responses(
        (status = 200, description = "Its rows.", body = RowViews),
        Problems<NotFound>,
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    require_operator(&request)?;
    let sku: Sku = request.path("sku")?;
    let rows = deps.rows.whole_of_sku(&sku).await?;
    if rows.is_empty() {
        return Err(Problem::not_found("stock"));
    }
    Ok(Response::json(200, &RowViews { rows: rows.iter().map(RowView::from).collect() }))
}
