//! `PUT /admin/search/synonyms`: other words for search to take for each other, within a minute.

use serde::Deserialize;
use souk_runtime::http::{Effect, HttpResult, Problem, Request, Response, Role, description::IfMatch};
use souk_search::{LineProblem, PutSynonyms, PutSynonymsError, SynonymFile, SynonymLines};
use souk_wiring::{Call, FromEnvironment};
use utoipa::ToSchema;

/// The file.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    file: SynonymFile,
}

/// What an operator decides about synonyms.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SynonymDetails {
    /// All lines of the file, at most 5,000 of together 200,000 bytes: `couch, sofa` mean the same; `blue => navy`: who
    /// looks for the left may like the right too. `#` begins a remark.
    #[schema(max_items = 5000)]
    lines: Vec<String>,
}

/// Answers with the file as it is now. It is refused as a whole where a line cannot be read, each such line by its
/// number.
#[utoipa::path(
    put,
    path = "/admin/search/synonyms",
    operation_id = "put-synonyms",
    params(IfMatch),
    request_body = SynonymDetails,
    responses(
        (status = 200, description = "It was changed, or was equal.", body = SynonymLines, headers(("ETag"))),
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    request.caller()?.require_any(&[Role::Operator])?;
    let if_match = request.if_match()?;
    let SynonymDetails { lines } = request.json()?;
    let (effect, lines) = match deps.file.put(lines, if_match, call.now).await.map_err(refused)? {
        PutSynonyms::Changed(lines) => (Effect::Changed, lines),
        PutSynonyms::Unchanged(lines) => (Effect::Unchanged, lines),
    };
    Ok(Response::put(effect, lines.version, &lines))
}

fn refused(error: PutSynonymsError) -> Problem {
    match error {
        PutSynonymsError::Invalid(problems) => invalid(problems),
        PutSynonymsError::Missing { present } => Problem::version_needed(present),
        PutSynonymsError::Stale { present } => Problem::stale(present),
        PutSynonymsError::Store(error) => error.into(),
    }
}

/// Fields are counted from 0 on, lines of a file from 1.
fn invalid(problems: Vec<LineProblem>) -> Problem {
    let told =
        |LineProblem { line, reason }: LineProblem| (format!("lines[{}]", line - 1), format!("line {line} {reason}"));
    let mut problems = problems.into_iter().map(told);
    let Some((field, reason)) = problems.next() else { return Problem::internal("refused without a line") };
    problems.fold(Problem::invalid_field(field, reason), |problem, (field, reason)| problem.with_field(field, reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_that_cannot_be_read_is_named_by_its_number() {
        let problem = |line, reason: &str| LineProblem { line, reason: reason.to_owned() };
        let problem = invalid(vec![problem(3, "has more than one =>"), problem(7, "names one word only")]);
        let body: serde_json::Value = serde_json::from_str(problem.into_response("r").body().unwrap()).unwrap();
        assert_eq!(body["errors"][0]["field"], "lines[2]");
        assert_eq!(body["errors"][1]["detail"], "line 7 names one word only");
    }
}
