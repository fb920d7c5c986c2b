//! `PUT /admin/categories/{category_id}`: creates or changes a category.

use souk_catalog::{Category, CategoryDetails};
use souk_domain::ids::CategoryId;
use souk_runtime::http::{
    HttpResult, Request, Response,
    description::{IfMatch, Problems},
    problem::catalogue::Unprocessable,
};
use souk_wiring::Call;

pub use crate::operator::Deps;
use crate::{
    operator::{effect, require_operator},
    problems,
};

/// Answers with the category as it is stored now.
#[utoipa::path(
    put,
    path = "/admin/categories/{category_id}",
    operation_id = "put-category",
    params(IfMatch),
    request_body = CategoryDetails,
    responses(
        (status = 200, description = "It was changed, or was equal.", body = Category, headers(("ETag"))),
        (status = 201, description = "It was created.", body = Category, headers(("ETag"))),
        Problems<Unprocessable>,
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    require_operator(&request)?;
    let id: CategoryId = request.path("category_id")?;
    let if_match = request.if_match()?;
    let details: CategoryDetails = request.json()?;
    let put = deps.catalog.put_category(&id, details, if_match).await.map_err(problems::put_category)?;
    let (effect, category) = effect(put);
    Ok(Response::put(effect, category.version, &category))
}
