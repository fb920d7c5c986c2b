//! The description against the last one that was released: a client that was written for that one goes on working.
//!
//! What breaks such a client is declared in `docs/released/breaking.txt`, one line each, as this test prints it; the
//! next release takes the document for the released one, and empties the list (CONTRIBUTING.md, "Releases of the API").

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::document::{document, followed};
use crate::architecture::root;

/// Who writes what a schema is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Writer {
    /// Requests: what was taken has to be taken still.
    Client,
    /// Answers: what was promised has to be there still.
    Shop,
}

/// A change of a document, in a test.
type Change = fn(&mut Value);

/// How deep schemas are followed; ours end long before.
const DEPTH: usize = 24;
const METHODS: [&str; 5] = ["get", "post", "put", "delete", "patch"];

struct Comparison<'a> {
    old: &'a Value,
    new: &'a Value,
    found: BTreeSet<String>,
}

/// What a client of the old document may trip over in the new one.
fn breaking(old: &Value, new: &Value) -> BTreeSet<String> {
    let mut comparison = Comparison { old, new, found: BTreeSet::new() };
    for (path, operations) in members(&old["paths"]) {
        for method in METHODS {
            let (old, new) = (&operations[method], &new["paths"][path][method]);
            if old.is_object() {
                comparison.operation(&format!("{} {path}", method.to_uppercase()), old, new);
            }
        }
    }
    comparison.found
}

/// What a reader of events of the old schema may trip over in those of the new one.
pub fn tripping_readers(old: &Value, new: &Value) -> BTreeSet<String> {
    let mut comparison = Comparison { old, new, found: BTreeSet::new() };
    comparison.schema("event", Writer::Shop, old, new, 0);
    // What refuses unknown members in its readers does not grow.
    for (name, schema) in members(&old["definitions"]).filter(|(_, schema)| schema["additionalProperties"] == false) {
        for (member, _) in members(&new["definitions"][name]["properties"]) {
            if schema["properties"].get(member).is_none() {
                comparison.note(&format!("{name} .{member}"), "is new, and readers refuse it");
            }
        }
    }
    comparison.found
}

impl Comparison<'_> {
    fn note(&mut self, place: &str, what: &str) {
        self.found.insert(format!("{place}: {what}"));
    }

    fn operation(&mut self, route: &str, old: &Value, new: &Value) {
        if !new.is_object() {
            return self.note(route, "is gone");
        }
        let parameters = |document: &Value, operation: &Value| -> Vec<Value> {
            let all = operation["parameters"].as_array().cloned().unwrap_or_default();
            all.iter().map(|parameter| followed(document, parameter).clone()).collect()
        };
        let (before, after) = (parameters(self.old, old), parameters(self.new, new));
        let same = |one: &Value, other: &Value| one["name"] == other["name"] && one["in"] == other["in"];
        for parameter in &before {
            let place = format!("{route} {}", parameter["name"].as_str().unwrap_or_default());
            match after.iter().find(|other| same(parameter, other)) {
                None => self.note(&place, "is not taken any more"),
                Some(other) => {
                    if other["required"] == true && parameter["required"] != true {
                        self.note(&place, "is needed now");
                    }
                    self.schema(&place, Writer::Client, &parameter["schema"], &other["schema"], 0);
                }
            }
        }
        for parameter in after.iter().filter(|one| one["required"] == true && !before.iter().any(|b| same(b, one))) {
            self.note(&format!("{route} {}", parameter["name"].as_str().unwrap_or_default()), "is needed now");
        }
        let (body, body_now) = (content(old.get("requestBody")), content(new.get("requestBody")));
        match (body, body_now) {
            (Some(old), Some(new)) => self.schema(&format!("{route} body"), Writer::Client, old, new, 0),
            (None, Some(_)) if new["requestBody"]["required"] == true => self.note(route, "needs a body now"),
            _ => {}
        }
        for (status, answer) in members(&old["responses"]).filter(|(status, _)| status.starts_with('2')) {
            let now = &new["responses"][status];
            if now.is_null() {
                self.note(route, &format!("{status} is not answered any more"));
            }
            let (answer, now) = (followed(self.old, answer), followed(self.new, now));
            if let (Some(old), Some(new)) = (content(Some(answer)), content(Some(now))) {
                let (old, new) = (old.clone(), new.clone());
                self.schema(&format!("{route} {status}"), Writer::Shop, &old, &new, 0);
            }
        }
    }

    fn schema(&mut self, place: &str, writer: Writer, old: &Value, new: &Value, depth: usize) {
        if depth > DEPTH {
            return;
        }
        let (old, new) = (followed(self.old, old).clone(), followed(self.new, new).clone());
        let types = |schema: &Value| -> BTreeSet<String> {
            let one = schema["type"].as_str().into_iter();
            let several = schema["type"].as_array().into_iter().flatten().filter_map(Value::as_str);
            one.chain(several).map(str::to_owned).collect()
        };
        let (before, after) = (types(&old), types(&new));
        let holds = match writer {
            Writer::Client => after.is_empty() || before.is_subset(&after),
            Writer::Shop => before.is_empty() || (!after.is_empty() && after.is_subset(&before)),
        };
        if !holds {
            return self.note(place, &format!("is {after:?}, and was {before:?}"));
        }
        if writer == Writer::Client {
            self.narrowed(place, &old, &new);
        }
        for (name, schema) in members(&old["properties"]) {
            let place = format!("{place} .{name}");
            match new["properties"].get(name) {
                Some(now) => self.schema(&place, writer, schema, now, depth + 1),
                None => self.note(&place, "is gone"),
            }
        }
        let (was, is) = (required(&old), required(&new));
        let changed = match writer {
            Writer::Client => is.difference(&was).map(|name| (name, "is needed now")).collect::<Vec<_>>(),
            Writer::Shop => was.difference(&is).map(|name| (name, "may be absent now")).collect(),
        };
        for (name, what) in changed {
            self.note(&format!("{place} .{name}"), what);
        }
        if old["items"].is_object() && new["items"].is_object() {
            self.schema(&format!("{place} []"), writer, &old["items"], &new["items"], depth + 1);
        }
    }

    /// What fewer values of are taken. New values in answers break nobody: clients pass over what they do not know.
    fn narrowed(&mut self, place: &str, old: &Value, new: &Value) {
        for gone in old["enum"].as_array().into_iter().flatten() {
            if new["enum"].as_array().is_some_and(|values| !values.contains(gone)) {
                self.note(place, &format!("{gone} is not taken any more"));
            }
        }
        let bound = |schema: &Value, name: &str| schema[name].as_f64();
        for (name, is_less) in [
            ("maximum", true),
            ("maxLength", true),
            ("maxItems", true),
            ("minimum", false),
            ("minLength", false),
            ("minItems", false),
        ] {
            let narrower = match (bound(old, name), bound(new, name)) {
                (Some(old), Some(new)) => {
                    if is_less {
                        new < old
                    } else {
                        new > old
                    }
                }
                (None, Some(new)) => is_less || new > 0.0,
                _ => false,
            };
            if narrower {
                self.note(place, &format!("{name} is {}, and was {}", new[name], old[name]));
            }
        }
        if new["pattern"].is_string() && new["pattern"] != old["pattern"] {
            self.note(place, &format!("has another pattern: {}", new["pattern"]));
        }
    }
}

fn members(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object.as_object().into_iter().flatten()
}

fn required(schema: &Value) -> BTreeSet<String> {
    schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The schema of a body or an answer.
fn content(holder: Option<&Value>) -> Option<&Value> {
    holder?.get("content")?.as_object()?.values().next()?.get("schema")
}

#[test]
fn clients_of_the_last_release_go_on_working() {
    let released = root().join("docs/released/openapi.json");
    let released: Value = serde_json::from_str(&std::fs::read_to_string(released).unwrap()).unwrap();
    let declared = std::fs::read_to_string(root().join("docs/released/breaking.txt")).unwrap();
    let declared: BTreeSet<String> =
        declared.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect();
    let found = breaking(&released, &document());
    let undeclared: Vec<_> = found.difference(&declared).collect();
    assert!(undeclared.is_empty(), "this breaks clients; mend it, or declare it: {undeclared:#?}");
    let untrue: Vec<_> = declared.difference(&found).collect();
    assert!(untrue.is_empty(), "declared, but not so: {untrue:#?}");
}

#[test]
fn what_breaks_a_client_is_found_and_nothing_else() {
    let document = |request: Value, answer: Value| {
        json!({ "paths": { "/things": { "put": {
            "parameters": [{ "name": "limit", "in": "query", "schema": { "type": "integer", "maximum": 100 } }],
            "requestBody": { "content": { "application/json": { "schema": request } } },
            "responses": { "200": { "content": { "application/json": { "schema": { "$ref": "#/answer" } } } } },
        } } }, "answer": answer })
    };
    let request =
        json!({ "type": "object", "properties": { "a": { "type": "string", "maxLength": 9 } }, "required": [] });
    let answer = json!({ "type": "object", "properties": { "b": { "type": "integer" } }, "required": ["b"] });
    let old = document(request.clone(), answer.clone());
    let changed = |change: Change| {
        let mut new = old.clone();
        change(&mut new);
        breaking(&old, &new).into_iter().collect::<Vec<_>>()
    };
    const BODY: &str = "/paths/~1things/put/requestBody/content/application~1json/schema";
    let nothing: [Change; 4] = [
        |new| drop(new.pointer_mut(BODY).unwrap()["properties"].as_object_mut().unwrap().insert("c".into(), json!({}))),
        |new| new.pointer_mut(BODY).unwrap()["properties"]["a"]["maxLength"] = json!(10),
        |new| new["answer"]["properties"]["d"] = json!({ "type": "string" }),
        |new| new["paths"]["/more"] = json!({ "get": {} }),
    ];
    for change in nothing {
        assert_eq!(changed(change), Vec::<String>::new());
    }
    let cases: [(Change, &str); 8] = [
        (|new| new["paths"] = json!({}), "PUT /things: is gone"),
        (|new| new.pointer_mut(BODY).unwrap()["required"] = json!(["a"]), "PUT /things body .a: is needed now"),
        (
            |new| new.pointer_mut(BODY).unwrap()["properties"]["a"]["maxLength"] = json!(8),
            "PUT /things body .a: maxLength is 8, and was 9",
        ),
        (|new| new.pointer_mut(BODY).unwrap()["properties"] = json!({}), "PUT /things body .a: is gone"),
        (|new| new["answer"]["required"] = json!([]), "PUT /things 200 .b: may be absent now"),
        (|new| new["answer"]["properties"] = json!({}), "PUT /things 200 .b: is gone"),
        (
            |new| new["answer"]["properties"]["b"]["type"] = json!("string"),
            r#"PUT /things 200 .b: is {"string"}, and was {"integer"}"#,
        ),
        (
            |new| new["paths"]["/things"]["put"]["parameters"][0]["schema"]["maximum"] = json!(50),
            "PUT /things limit: maximum is 50, and was 100",
        ),
    ];
    for (change, told) in cases {
        assert_eq!(changed(change), [told]);
    }
}
