//! `GET /admin/search/synonyms`: the words that search takes for each other.

use souk_runtime::http::{
    HttpResult, Problem, Request, Response, Role,
    description::{IfNoneMatch, Problems},
    problem::catalogue::NotFound,
};
use souk_search::{SynonymFile, SynonymLines};
use souk_wiring::{Call, FromEnvironment};

/// The file.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    file: SynonymFile,
}

/// Answers with the latest version, or with the one that is asked for: each stays for good.
#[utoipa::path(
    get,
    path = "/admin/search/synonyms",
    operation_id = "get-synonyms",
    params(
        IfNoneMatch,
        ("version" = Option<u64>, Query, minimum = 1, description = "Which version; the latest unless said otherwise."),
    ),
    responses(
        (status = 200, description = "The file, line by line.", body = SynonymLines, headers(("ETag"))),
        Problems<NotFound>,
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    request.caller()?.require_any(&[Role::Operator])?;
    request.allow_query(&["version"])?;
    let found = match request.query("version")? {
        Some(version) => deps.file.version(version).await?,
        None => Some(deps.file.latest().await?),
    };
    let lines = found.ok_or_else(|| Problem::not_found("version"))?;
    Ok(Response::json(200, &lines).revision(lines.version))
}
