//! `PUT /admin/collections/{collection_id}`: creates or changes a collection.

use souk_catalog::{Collection, CollectionDetails};
use souk_domain::ids::CollectionId;
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

/// Answers with the collection as it is stored now.
#[utoipa::path(
    put,
    path = "/admin/collections/{collection_id}",
    operation_id = "put-collection",
    params(IfMatch),
    request_body = CollectionDetails,
    responses(
        (status = 200, description = "It was changed, or was equal.", body = Collection, headers(("ETag"))),
        (status = 201, description = "It was created.", body = Collection, headers(("ETag"))),
        Problems<Unprocessable>,
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    require_operator(&request)?;
    let id: CollectionId = request.path("collection_id")?;
    let if_match = request.if_match()?;
    let details: CollectionDetails = request.json()?;
    let put = deps.catalog.put_collection(&id, details, if_match).await.map_err(problems::put_collection)?;
    let (effect, collection) = effect(put);
    Ok(Response::put(effect, collection.version, &collection))
}
