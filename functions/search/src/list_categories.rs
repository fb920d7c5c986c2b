//! `GET /categories`: the whole tree.

use serde::Serialize;
use souk_runtime::http::{HttpResult, Request, Response, description::IfNoneMatch};
use souk_search::{Pages, TreeView};
use souk_wiring::{Call, FromEnvironment};
use utoipa::ToSchema;

/// The tree changes seldom, but an operator who changes it wants to see it.
pub(crate) const CACHE_CONTROL: &str = "public, max-age=10, stale-while-revalidate=60, stale-if-error=600";

/// The pages' table holds the tree.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    pub(crate) pages: Pages,
}

/// The whole tree.
#[derive(Debug, Serialize, ToSchema)]
struct Categories {
    /// The roots, each with everything below it.
    categories: Vec<TreeView>,
}

/// Answers with the tree, or with 304 where the client's copy is still good.
#[utoipa::path(
    get,
    path = "/categories",
    operation_id = "list-categories",
    params(IfNoneMatch),
    responses(
        (status = 200, description = "The tree.", body = Categories, headers(("ETag"), ("Cache-Control"))),
    ),
    security(()),
)]
pub async fn handle(deps: &Deps, _: Request, _: Call) -> HttpResult {
    let tree = deps.pages.browse_tree().await?;
    let categories = Categories { categories: tree.view() };
    Ok(Response::json(200, &categories).revision(tree.revision()).header("cache-control", CACHE_CONTROL))
}
