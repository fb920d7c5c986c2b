//! `GET /admin/categories/{category_id}`: a category as operators see it.

use souk_catalog::Category;
use souk_domain::ids::CategoryId;
use souk_runtime::http::{
    HttpResult, Problem, Request, Response,
    description::{IfNoneMatch, Problems},
    problem::catalogue::NotFound,
};
use souk_wiring::Call;

pub use crate::operator::Deps;
use crate::operator::require_operator;

/// Answers with the category and its ETag.
#[utoipa::path(
    get,
    path = "/admin/categories/{category_id}",
    operation_id = "get-category",
    params(IfNoneMatch),
    responses(
        (status = 200, description = "The category.", body = Category, headers(("ETag"))),
        Problems<NotFound>,
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    require_operator(&request)?;
    let id: CategoryId = request.path("category_id")?;
    let category = deps.catalog.category(&id).await?.ok_or_else(|| Problem::not_found("category"))?;
    Ok(Response::json(200, &category).revision(category.version))
}
