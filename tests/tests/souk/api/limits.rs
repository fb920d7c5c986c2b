//! Every limit in one place: the page for people, and the bounds that `flows/limits.rs` tries.

use std::{collections::BTreeMap, fmt::Write as _};

use serde_json::Value;
use souk_domain::{
    order::{MAX_ADDRESS_CHANGES, MAX_LINES},
    payment::MAX_REFUNDS,
    quantity::Quantity,
};
use souk_pictures::PICTURES_MAX;
use souk_webhooks::{MAX_WEBHOOKS, PLACES};
use souk_workflows::replay_deliveries::REPLAY_MAX;

use super::{
    assert_written,
    document::{document, followed, operations, rules},
    refusals::LIMITED,
};

/// Requests nest no deeper.
const DEPTH: usize = 5;

/// What a field of a body may be: the least and the most of its length, its number or its items.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    pub what: &'static str,
    pub least: Option<i64>,
    pub most: i64,
}

impl Bound {
    pub fn of(schema: &Value) -> Option<Self> {
        let words =
            [("characters", "minLength", "maxLength"), ("items", "minItems", "maxItems"), ("", "minimum", "maximum")];
        words.into_iter().find_map(|(what, least, most)| {
            let number = |name: &str| schema[name].as_i64();
            Some(Self { what, least: number(least), most: number(most)? })
        })
    }

    fn said(&self) -> String {
        let least = self.least.map_or(String::new(), |least| format!("{least} to "));
        format!("{least}{} {}", self.most, self.what).trim_end().to_owned()
    }
}

/// (field, bound) of a body; `lines[].quantity` is one in a list.
fn bounds(document: &Value, schema: &Value) -> BTreeMap<String, Bound> {
    let fields = fields(document, schema).into_iter();
    fields.filter_map(|(field, schema)| Some((field, Bound::of(&schema)?))).collect()
}

/// (field, schema) of those that have a bound or a pattern.
pub fn fields(document: &Value, schema: &Value) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    gather(document, schema, "", DEPTH, &mut found);
    found
}

fn gather(document: &Value, schema: &Value, path: &str, depth: usize, found: &mut BTreeMap<String, Value>) {
    let schema = followed(document, schema);
    if !path.is_empty() && (Bound::of(schema).is_some() || schema["pattern"].is_string()) {
        found.insert(path.to_owned(), schema.clone());
    }
    if depth == 0 {
        return;
    }
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        let member_path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        gather(document, member, &member_path, depth - 1, found);
    }
    if schema["items"].is_object() {
        gather(document, &schema["items"], &format!("{path}[]"), depth - 1, found);
    }
    for other in ["oneOf", "allOf"].into_iter().filter_map(|name| schema[name].as_array()).flatten() {
        gather(document, other, path, depth - 1, found);
    }
}

/// The schema of an operation's body.
pub fn body_of(operation: &Value) -> Option<&Value> {
    operation["requestBody"]["content"].as_object()?.get("application/json")?.get("schema")
}

/// What there can be at the most, and the kind of problem that one more is, or what becomes of it.
fn counts() -> Vec<(&'static str, String, &'static str)> {
    vec![
        ("lines of a checkout", MAX_LINES.to_string(), "invalid-request"),
        ("units of a line", Quantity::MAX.to_string(), "invalid-request"),
        ("changes of an order's address", MAX_ADDRESS_CHANGES.to_string(), "address-fixed"),
        ("refunds of an order", MAX_REFUNDS.to_string(), "too-many-refunds"),
        ("pictures of a product", PICTURES_MAX.to_string(), "too-many-pictures"),
        ("webhooks of a shop", MAX_WEBHOOKS.to_string(), "too-many-webhooks"),
        ("requests at once to one subscriber", PLACES.to_string(), "waits"),
        ("deliveries that one request replays", REPLAY_MAX.to_string(), "is the next request's"),
    ]
}

fn page() -> String {
    let document = document();
    let mut page = String::from(
        "# Limits\n\n\
         <!-- Made from the description and the code's own constants; a test compares. -->\n\n\
         What is beyond a limit is refused with 400 (`invalid-request`, and the field) unless it says otherwise.\n\
         `tests/tests/souk/flows/edges.rs` tries those of every request, `tests/tests/souk/flows/doors.rs` some of them past the edge, too,\n\
         and `tests/tests/souk/flows/limits.rs` each field of a body at its edges and one beyond.\n\n\
         ## Every request\n\n| what | what is taken |\n|---|---|\n",
    );
    for (what, rule) in rules() {
        writeln!(page, "| {what} | {rule} |").unwrap();
    }
    page += "\n## How many\n\n| what | at most | one more |\n|---|---|---|\n";
    for (what, most, problem) in counts() {
        let is_kind = problem.contains('-');
        let told = if is_kind { format!("[`{problem}`](problems.md#{problem})") } else { problem.to_owned() };
        writeln!(page, "| {what} | {most} | {told} |").unwrap();
    }
    page += "\n## How often\n\n\
             | who | how often | then |\n|---|---|---|\n\
             | all callers of a world together, each of its APIs | `ApiRate` a second, `ApiBurst` at once | 429 |\n\
             | all callers of the flash sale's routes, apart from those | `CrowdRate` a second, `CrowdBurst` at once | 429 |\n\
             | all whose searches, or suggestions, the edge does not keep | `SearchRate` a second, `SearchBurst` at once | 429 |\n";
    for (route, parameter) in LIMITED.iter() {
        let refusal = "429 with `Retry-After`, [`too-many-requests`](problems.md#too-many-requests)";
        writeln!(page, "| one user of `{route}` | `{parameter}` a minute | {refusal} |").unwrap();
    }
    page += "| one shopper's open checkouts | `ShopperCheckouts` at a time | 429 with `Retry-After`, [`too-many-checkouts`](problems.md#too-many-checkouts) |\n\
             | one shopper's units in open checkouts | `ShopperUnits` at a time | 409, [`too-many-units-held`](problems.md#too-many-units-held) |\n\
             | one address, where `FirewallArn` is set | `AddressRequests` in five minutes, `AddressWrites` of them writing (`infra/firewall.yaml`) | 429 with `Retry-After`, from the edge |\n\n\
             The parameters are the template's (`infra/template.yaml`). A minute is the clock's; of a user's requests in it none is refused\n\
             within the limit, and some more are let pass ([how many, and why](decisions/2026-11-30-too-many-requests.md)).\n\
             \n## Queries\n\n| route | parameter | from, to |\n|---|---|---|\n";
    for operation in operations(&document) {
        for parameter in operation.value["parameters"].as_array().into_iter().flatten() {
            if let Some(bound) = Bound::of(&parameter["schema"]).filter(|_| parameter["in"] == "query") {
                let name = parameter["name"].as_str().unwrap();
                writeln!(page, "| `{}` | `{name}` | {} |", operation.route(), bound.said()).unwrap();
            }
        }
    }
    page += "\n## Bodies\n\n| route | field | from, to |\n|---|---|---|\n";
    for operation in operations(&document) {
        let Some(schema) = body_of(&operation.value) else { continue };
        for (field, bound) in bounds(&document, schema) {
            writeln!(page, "| `{}` | `{field}` | {} |", operation.route(), bound.said()).unwrap();
        }
    }
    page
}

#[test]
fn docs_limits_md_is_made_from_what_is_described() {
    assert_written("docs/limits.md", &page());
}

#[test]
fn bounds_are_found_in_lists_and_objects() {
    let document =
        serde_json::json!({ "lines": { "type": "object", "properties": { "n": { "maximum": 9, "minimum": 1 } } } });
    let schema = serde_json::json!({ "properties": {
        "lines": { "maxItems": 2, "items": { "$ref": "#/lines" } }, "name": { "minLength": 1, "maxLength": 5 },
    } });
    let found = bounds(&document, &schema);
    let said: Vec<_> = found.iter().map(|(field, bound)| format!("{field}: {}", bound.said())).collect();
    assert_eq!(said, ["lines: 2 items", "lines[].n: 1 to 9", "name: 1 to 5 characters"]);
}
