//! What an operation refuses: its handler's own problem types, those that hold everywhere, and what API Gateway
//! says by itself.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use serde_json::{Map, Value, json};
use souk_runtime::http::{
    description::KINDS,
    problem::{
        Kind, ProblemType,
        catalogue::{
            ALL, BodyTooLarge, Forbidden, IfMatchRequired, Internal, InvalidRequest, NotThroughTheEdge, StaleVersion,
            TargetTooLong, TooManyRequests, TryAgain, Unauthorized, UnsupportedMediaType,
        },
    },
};

use super::{document::about_header, schemas::reference};
use crate::architecture::{Function, Template, texts, worlds};

/// The routes that take so many requests of a user and no more, and the parameter that tells their functions how many.
pub static LIMITED: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let of = |world: &Template| {
        let parameter = |function: &Function| texts(function.variables().get("REQUESTS_A_MINUTE")?).pop();
        let functions = world.functions().into_iter();
        let limited =
            functions.filter_map(|function| Some((function.http_routes().pop()?.key(), parameter(&function)?)));
        limited.collect::<Vec<_>>()
    };
    worlds().iter().flat_map(of).collect()
});

/// Turns the kinds that an operation names into responses, together with those that come by themselves. Many
/// operations refuse the same, so the responses stand by themselves, in `shared`.
pub fn complete(route: &str, operation: &mut Value, shared: &mut Map<String, Value>) {
    let mut kinds: BTreeSet<&'static str> =
        [NotThroughTheEdge::KIND, Unauthorized::KIND, TargetTooLong::KIND, TryAgain::KIND, Internal::KIND]
            .into_iter()
            .chain(LIMITED.contains_key(route).then_some(TooManyRequests::KIND))
            .chain(of_request(operation))
            .map(|kind| kind.name)
            .collect();
    let gateway = of_gateway(operation);
    let responses = operation["responses"].as_object_mut().unwrap();
    for (status, response) in responses.iter_mut() {
        let named = response.as_object_mut().unwrap().remove(KINDS);
        for name in named.as_ref().and_then(Value::as_array).into_iter().flatten() {
            let kind = of_name(name.as_str().unwrap());
            assert_eq!(kind.status.to_string(), *status);
            kinds.insert(kind.name);
        }
    }
    let mut by_status: BTreeMap<String, Vec<&Kind>> = BTreeMap::new();
    for status in gateway.keys() {
        by_status.entry((*status).to_owned()).or_default();
    }
    for name in kinds {
        let kind = of_name(name);
        by_status.entry(kind.status.to_string()).or_default().push(kind);
    }
    for (status, kinds) in by_status {
        let by_gateway = gateway.get(status.as_str()).copied();
        let names = kinds.iter().map(|kind| kind.name).chain(by_gateway.map(|_| "gateway"));
        let name = std::iter::once(status.as_str()).chain(names).collect::<Vec<_>>().join(".");
        responses.insert(status.clone(), json!({ "$ref": format!("#/components/responses/{name}") }));
        shared.entry(name).or_insert_with(|| response(&status, &kinds, by_gateway));
    }
}

/// The entry of the catalogue with this name.
pub fn of_name(name: &str) -> &'static Kind {
    ALL.iter().find(|kind| kind.name == name).unwrap_or_else(|| panic!("no problem type is called {name}"))
}

/// What a request can do wrong, as far as it follows from what the operation takes.
fn of_request(operation: &Value) -> Vec<&'static Kind> {
    let parameters: Vec<_> = operation["parameters"].as_array().into_iter().flatten().collect();
    let header = |name: &str| parameters.iter().any(|parameter| parameter["name"] == name);
    let is_judged = |parameter: &&Value| {
        parameter.get("$ref").is_some() || parameter["in"] == "query" || parameter["name"] == "Idempotency-Key"
    };
    let mut kinds = Vec::new();
    if operation.get("requestBody").is_some() {
        kinds.extend([InvalidRequest::KIND, BodyTooLarge::KIND, UnsupportedMediaType::KIND]);
    }
    if header("If-Match") {
        kinds.extend([InvalidRequest::KIND, StaleVersion::KIND, IfMatchRequired::KIND]);
    }
    if parameters.iter().any(is_judged) {
        kinds.push(InvalidRequest::KIND);
    }
    let alternatives = operation["security"].as_array().into_iter().flatten();
    if alternatives.filter_map(|needed| needed["user"].as_array()).any(|roles| !roles.is_empty()) {
        kinds.push(Forbidden::KIND);
    }
    kinds
}

/// The statuses that API Gateway gives by itself, in its own shape.
fn of_gateway(operation: &Value) -> BTreeMap<&'static str, &'static str> {
    let mut given = BTreeMap::from([
        ("429", "Too many requests at once."),
        ("500", "The function ended without an answer."),
        ("503", "The function had no capacity."),
    ]);
    if operation.get("requestBody").is_some() {
        given.insert("413", "The body is larger than API Gateway takes.");
    }
    let alternatives: Vec<_> = operation["security"].as_array().into_iter().flatten().collect();
    let is_guarded = alternatives.iter().all(|needed| needed.get("user").is_some() && needed.get("guest").is_none());
    if is_guarded && !alternatives.is_empty() {
        given.insert("401", "There is no access token, or the authorizer does not take it.");
    }
    given
}

fn response(status: &str, kinds: &[&Kind], gateway: Option<&str>) -> Value {
    let of_kind = |kind: &&Kind| format!("`{}`: {}", kind.name, kind.when);
    let of_gateway = gateway.map(|when| format!("API Gateway: {when}"));
    let description: Vec<_> = kinds.iter().map(of_kind).chain(of_gateway).collect();
    let mut content = json!({});
    if !kinds.is_empty() {
        let types: Vec<_> = kinds.iter().map(|kind| kind.uri()).collect();
        content["application/problem+json"] = json!({
            "schema": { "allOf": [reference("Problem"), { "properties": { "type": { "enum": types } } }] },
        });
    }
    if gateway.is_some() {
        content["application/json"] = json!({ "schema": reference("GatewayMessage") });
    }
    let mut response = json!({ "description": description.join("\n\n"), "content": content });
    let headers = match status {
        "401" => "WWW-Authenticate",
        "412" | "428" => "ETag",
        "429" if kinds.is_empty() => return response,
        "429" | "503" => "Retry-After",
        _ => return response,
    };
    let header = json!({ "description": about_header(headers), "schema": { "type": "string" } });
    response["headers"] = json!({ headers: header });
    response
}
