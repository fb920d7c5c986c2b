//! `GET /admin/categories/{category_id}`: a category as operators see it.

use souk_domain::ids::CategoryId;
use souk_runtime::http::{HttpResult, Problem, Request, Response};
use souk_wiring::Call;

pub use crate::operator::Deps;
use crate::operator::require_operator;

/// Answers with the category and its ETag.
///
/// # Errors
/// 400, 401, 403, 404, 503.
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    require_operator(&request)?;
    let id: CategoryId = request.path("category_id")?;
    let category = deps.catalog.category(&id).await?.ok_or_else(|| Problem::not_found("category"))?;
    Ok(Response::json(200, &category).etag(category.version))
}
