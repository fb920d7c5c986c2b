//! `GET /collections`: all collections.

use serde::Serialize;
use souk_domain::ids::CollectionId;
use souk_runtime::http::{HttpResult, Request, Response, description::IfNoneMatch};
use souk_search::Pages;
use souk_wiring::{Call, FromEnvironment};
use utoipa::ToSchema;

use crate::list_categories::CACHE_CONTROL;

/// The pages' table holds the collections.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    pub(crate) pages: Pages,
}

/// All collections.
#[derive(Debug, Serialize, ToSchema)]
struct Collections {
    /// By name.
    collections: Vec<CollectionName>,
}

/// A collection by its name.
#[derive(Debug, Serialize, ToSchema)]
struct CollectionName {
    /// Which collection.
    collection_id: CollectionId,
    /// What it is called.
    name: String,
}

/// Answers with the collections, or with 304 where the client's copy is still good.
#[utoipa::path(
    get,
    path = "/collections",
    operation_id = "list-collections",
    params(IfNoneMatch),
    responses(
        (status = 200, description = "The collections.", body = Collections, headers(("ETag"), ("Cache-Control"))),
    ),
    security(()),
)]
pub async fn handle(deps: &Deps, _: Request, _: Call) -> HttpResult {
    let all = deps.pages.browse_collections().await?.into_iter();
    let mut collections: Vec<_> =
        all.map(|(collection_id, node)| CollectionName { collection_id, name: node.name }).collect();
    collections.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(Response::json(200, &Collections { collections }).representation().header("cache-control", CACHE_CONTROL))
}
