//! `GET /search/suggestions`: how what is being typed may go on.

use souk_runtime::http::{
    HttpResult, Problem, Request, Response, description::Problems, problem::catalogue::SearchUnavailable,
};
use souk_search::{Suggester, Suggestions};
use souk_wiring::{Call, FromEnvironment};

use crate::{problems, search_products::words};

/// What somebody types, many type; and a suggestion that is a minute old is as good as a new one.
pub(crate) const CACHE_CONTROL: &str = "public, max-age=60";

/// What suggests.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    suggester: Suggester,
}

/// Answers with suggestions, the best first.
#[utoipa::path(
    get,
    path = "/search/suggestions",
    operation_id = "suggest",
    params(("q" = String, Query, min_length = 1, max_length = 200, description = "What has been typed so far.")),
    responses(
        (status = 200, description = "Suggestions, the best first.", body = Suggestions, headers(("Cache-Control"))),
        Problems<SearchUnavailable>,
    ),
    security(()),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    request.allow_query(&["q"])?;
    let typed = words(request.query("q")?)?.ok_or_else(|| Problem::invalid_field("q", "is needed"))?;
    let suggestions = deps.suggester.suggest(&typed).await.map_err(problems::index)?;
    Ok(Response::json(200, &suggestions).header("cache-control", CACHE_CONTROL))
}
