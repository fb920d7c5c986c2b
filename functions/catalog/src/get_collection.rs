//! `GET /admin/collections/{collection_id}`: a collection as operators see it.

use souk_catalog::Collection;
use souk_domain::ids::CollectionId;
use souk_runtime::http::{
    HttpResult, Problem, Request, Response,
    description::{IfNoneMatch, Problems},
    problem::catalogue::NotFound,
};
use souk_wiring::Call;

pub use crate::operator::Deps;
use crate::operator::require_operator;

/// Answers with the collection and its ETag.
#[utoipa::path(
    get,
    path = "/admin/collections/{collection_id}",
    operation_id = "get-collection",
    params(IfNoneMatch),
    responses(
        (status = 200, description = "The collection.", body = Collection, headers(("ETag"))),
        Problems<NotFound>,
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    require_operator(&request)?;
    let id: CollectionId = request.path("collection_id")?;
    let collection = deps.catalog.collection(&id).await?.ok_or_else(|| Problem::not_found("collection"))?;
    Ok(Response::json(200, &collection).revision(collection.version))
}
