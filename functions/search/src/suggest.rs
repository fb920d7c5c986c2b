//! `GET /search/suggestions`: how a title may go on.

use serde_json::json;
use souk_runtime::http::{HttpResult, Problem, Request, Response};
use souk_search::SearchIndex;
use souk_wiring::{Call, FromEnvironment};

use crate::{problems, search_products::words};

/// What somebody types, many type; and a suggestion that is a minute old is as good as a new one.
const CACHE_CONTROL: &str = "public, max-age=60";

/// The index.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    index: SearchIndex,
}

/// Answers with suggestions, the best first.
///
/// # Errors
/// 400, 503.
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    request.allow_query(&["q"])?;
    let typed = words(request.query("q")?)?.ok_or_else(|| Problem::invalid_field("q", "is needed"))?;
    let suggestions = deps.index.suggest(&typed).await.map_err(problems::index)?;
    Ok(Response::json(200, &json!({"suggestions": suggestions})).header("cache-control", CACHE_CONTROL))
}
