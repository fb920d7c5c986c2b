//! `GET /admin/inventory/{sku}`: a SKU's rows in all warehouses.

use serde_json::json;
use souk_domain::ids::Sku;
use souk_runtime::http::{HttpResult, Problem, Request, Response};
use souk_wiring::Call;

pub use crate::operator::Deps;
use crate::operator::{RowView, require_operator};

/// Answers with the rows as they are stored now.
///
/// # Errors
/// 400, 401, 403, 404 (no warehouse has ever held it), 503.
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    require_operator(&request)?;
    let sku: Sku = request.path("sku")?;
    let rows = deps.rows.of_sku(&sku).await?;
    if rows.is_empty() {
        return Err(Problem::not_found("stock"));
    }
    let rows: Vec<_> = rows.iter().map(RowView::from).collect();
    Ok(Response::json(200, &json!({ "rows": rows })))
}
