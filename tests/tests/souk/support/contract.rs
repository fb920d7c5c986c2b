//! Each answer that a test gets is held to the API's description: its status is declared, and its body is of the
//! declared type.

use std::{
    collections::{HashMap, HashSet},
    fs::File,
    io::Write as _,
    sync::{LazyLock, Mutex},
};

use boon::{Compiler, Draft, SchemaIndex, Schemas};
use reqwest::Method;
use serde_json::{Value, json};

use crate::architecture::root;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let text = std::fs::read_to_string(root().join("docs/openapi.json")).unwrap();
    serde_json::from_str(&text).unwrap()
});

/// What bodies are held to: a schema is compiled when it is first asked for.
#[derive(Default)]
struct Compiled {
    schemas: Schemas,
    by_answer: HashMap<String, SchemaIndex>,
}

static COMPILED: LazyLock<Mutex<Compiled>> = LazyLock::new(Mutex::default);

/// Where each answer is noted that was seen, each once: the file `SOUK_ANSWERS`, which `souk_local/answers.py` reads.
static SEEN: LazyLock<Option<Mutex<Seen>>> = LazyLock::new(|| {
    let file = File::options().create(true).append(true).open(std::env::var_os("SOUK_ANSWERS")?).unwrap();
    Some(Mutex::new(Seen { lines: HashSet::new(), file }))
});

struct Seen {
    lines: HashSet<String>,
    file: File,
}

fn note(method: &Method, route: &str, status: u16, body: &Value) {
    let Some(seen) = &*SEEN else { return };
    let kind = body["type"].as_str().and_then(|kind| kind.rsplit('/').next()).filter(|_| status >= 400);
    let line = format!("{method} {route} {status} {}", kind.unwrap_or("-"));
    let mut seen = seen.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if seen.lines.insert(line.clone()) {
        writeln!(seen.file, "{line}").unwrap();
    }
}

/// Asserts that the description has this answer to this request. Paths that it does not know are the fallback's.
#[track_caller]
pub fn assert_described(method: &Method, path: &str, status: u16, content_type: &str, body: &Value) {
    let path = path.split('?').next().unwrap_or_default();
    let asked = if method == Method::HEAD { "get" } else { &method.as_str().to_lowercase() };
    let Some((route, item)) = described(path) else { return };
    let Some(operation) = item.get(asked) else { return };
    // The emulator's word for a function that was ended; AWS says 500, which is declared.
    if status == 502 {
        return;
    }
    let response = operation["responses"].get(status.to_string());
    let response = response.unwrap_or_else(|| panic!("{method} {route} does not declare {status}: {body}"));
    let response = match response["$ref"].as_str() {
        Some(reference) => DOCUMENT.pointer(reference.trim_start_matches('#')).unwrap(),
        None => response,
    };
    note(method, route, status, body);
    if body.is_null() {
        return;
    }
    let media_type = content_type.split(';').next().unwrap_or_default();
    let content = response["content"].get(media_type);
    let content = content.unwrap_or_else(|| panic!("{method} {route} {status} declares no {content_type}: {body}"));
    let answer = format!("{method} {route} {status} {media_type}");
    let error =
        COMPILED.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).error(answer, &content["schema"], body);
    if let Some(error) = error {
        panic!("{method} {route} {status}: {error}: {body}");
    }
}

impl Compiled {
    /// What is wrong with this body of this answer, whose declared schema this is.
    fn error(&mut self, answer: String, schema: &Value, body: &Value) -> Option<String> {
        let Self { schemas, by_answer } = self;
        let number = by_answer.len();
        let index = *by_answer.entry(answer).or_insert_with(|| {
            let url = format!("https://souk.example/answers/{number}");
            let mut compiler = Compiler::new();
            compiler.set_default_draft(Draft::V2020_12);
            let whole = json!({ "allOf": [schema], "components": DOCUMENT["components"] });
            compiler.add_resource(&url, whole).unwrap();
            compiler.compile(&url, schemas).unwrap_or_else(|error| panic!("{error:#}"))
        });
        schemas.validate(body, index).err().map(|error| format!("{error:#}"))
    }
}

/// The route that this path is one of: where several are, the one with the fewest parameters.
fn described(path: &str) -> Option<(&'static str, &'static Value)> {
    let asked: Vec<_> = path.split('/').collect();
    let is_like = |route: &str| {
        let parts: Vec<_> = route.split('/').collect();
        let fits = |(part, asked): (&&str, &&str)| part == asked || (part.starts_with('{') && !asked.is_empty());
        parts.len() == asked.len() && parts.iter().zip(&asked).all(fits)
    };
    let routes = DOCUMENT["paths"].as_object().unwrap().iter().filter(|(route, _)| is_like(route));
    routes.min_by_key(|(route, _)| route.matches('{').count()).map(|(route, item)| (route.as_str(), item))
}

#[test]
fn a_route_with_fewer_parameters_is_meant() {
    assert_eq!(described("/cart").unwrap().0, "/cart");
    assert_eq!(described("/orders/ord_1").unwrap().0, "/orders/{order_id}");
    assert!(described("/nowhere").is_none());
}

#[test]
#[should_panic(expected = "does not declare 418")]
fn a_status_that_nobody_declares_is_told() {
    assert_described(&Method::GET, "/cart", 418, "", &Value::Null);
}

#[test]
#[should_panic(expected = "GET /cart 200")]
fn a_body_of_another_shape_is_told() {
    assert_described(&Method::GET, "/cart", 200, "application/json", &json!([]));
}
