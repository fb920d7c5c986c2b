//! `GET /categories/{category_id}`: a category with what stands above and below it.

use souk_domain::ids::CategoryId;
use souk_runtime::http::{
    HttpResult, Problem, Request, Response,
    description::{IfNoneMatch, Problems},
    problem::catalogue::NotFound,
};
use souk_search::TreeView;
use souk_wiring::Call;

use crate::list_categories::CACHE_CONTROL;
pub use crate::list_categories::Deps;

/// Answers with the category, or with 304 where the client's copy is still good.
#[utoipa::path(
    get,
    path = "/categories/{category_id}",
    operation_id = "browse-category",
    params(IfNoneMatch),
    responses(
        (status = 200, description = "The category.", body = TreeView, headers(("ETag"), ("Cache-Control"))),
        Problems<NotFound>,
    ),
    security(()),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    let id: CategoryId = request.path("category_id")?;
    let tree = deps.pages.browse_tree().await?;
    let view = tree.view_from(&id).ok_or_else(|| Problem::not_found("category"))?;
    Ok(Response::json(200, &view).revision(tree.revision()).header("cache-control", CACHE_CONTROL))
}
