//! `GET /categories`: the whole tree.

use serde_json::json;
use souk_runtime::http::{HttpResult, Request, Response};
use souk_search::Pages;
use souk_wiring::{Call, FromEnvironment};

/// The tree changes seldom, but an operator who changes it wants to see it.
pub(crate) const CACHE_CONTROL: &str = "public, max-age=10, stale-while-revalidate=60, stale-if-error=600";

/// The pages' table holds the tree.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    pub(crate) pages: Pages,
}

/// Answers with the tree, or with 304 where the client's copy is still good.
///
/// # Errors
/// 503.
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    let tree = deps.pages.browse_tree().await?;
    let response = if request.has_seen(tree.revision) {
        Response::empty(304)
    } else {
        Response::json(200, &json!({"categories": tree.view()}))
    };
    Ok(response.etag(tree.revision).header("cache-control", CACHE_CONTROL))
}
