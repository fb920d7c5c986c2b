//! `GET /collections/{collection_id}`: a collection's page.

use serde::Serialize;
use souk_domain::ids::CollectionId;
use souk_runtime::http::{
    HttpResult, Problem, Request, Response,
    description::{IfNoneMatch, Problems},
    problem::catalogue::NotFound,
};
use souk_search::{CardView, ProductPage};
use souk_wiring::Call;
use utoipa::ToSchema;

pub use crate::list_collections::Deps;
use crate::list_products::CACHE_CONTROL;

/// A collection as shoppers see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CollectionPage)]
struct Page {
    /// Which collection.
    collection_id: CollectionId,
    /// What it is called.
    name: String,
    /// What there is to say about it.
    description: String,
    /// The products that stand foremost, in their order. All of them are found by `GET /search?collection=…`.
    featured: Vec<CardView>,
}

/// Answers with the page, or with 304 where the client's copy is still good.
#[utoipa::path(
    get,
    path = "/collections/{collection_id}",
    operation_id = "browse-collection",
    params(IfNoneMatch),
    responses(
        (status = 200, description = "The page.", body = Page, headers(("ETag"), ("Cache-Control"))),
        Problems<NotFound>,
    ),
    security(()),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    let id: CollectionId = request.path("collection_id")?;
    let found = deps.pages.browse_collection(&id).await?.ok_or_else(|| Problem::not_found("collection"))?;
    let pages = deps.pages.many(&found.featured).await?;
    let featured = found.featured.iter().filter_map(|id| pages.get(id).and_then(ProductPage::card));
    let page =
        Page { collection_id: id, name: found.name, description: found.description, featured: featured.collect() };
    Ok(Response::json(200, &page).representation().header("cache-control", CACHE_CONTROL))
}
