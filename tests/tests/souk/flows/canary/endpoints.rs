//! Every route of both APIs, past the edge, so that no header is lost on the way.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::{Method, header::HeaderValue};
use serde_json::{Value, json};

use super::Canary;
use crate::{
    architecture::{Route, files_with, quoted_arguments, routes},
    support::stack,
};

/// Ids of nobody and nothing, in the forms that ids have.
const NOBODY: [&str; 8] = [
    "nobody-has-this",
    "ord_00000000000000000000000000000000",
    "chk_00000000000000000000000000000000",
    "int_00000000000000000000000000000000_0",
    "whk_00000000000000000000000000000000",
    "evt_00000000000000000000000000000000",
    "ref_00000000000000000000000000000000",
    "1",
];
/// Objects in objects, no deeper.
const DEPTH: usize = 4;

/// One route, and whoever calls it: a member of all the staff, whom it lets in.
struct Endpoint<'a> {
    route: &'a Route,
    method: Method,
    base: &'a str,
    token: &'a str,
    client: reqwest::Client,
    /// What it takes for its parameters, though it finds nothing there.
    path: String,
}

/// Where a value stands in a body.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Field(String),
    Item,
}

pub async fn sing(canary: &Canary) {
    let token = stack().person(&["operator", "warehouse"]).await.sign_in(stack()).await.access;
    let client = reqwest::Client::new();
    let mut fields = BTreeMap::new();
    for route in &routes() {
        let base = if route.world == "discovery" { &stack().discovery_api_url } else { &stack().transactions_api_url };
        let method = route.method.parse().unwrap();
        let path = String::new();
        let mut endpoint = Endpoint { route, method, base, token: &token, client: client.clone(), path };
        endpoint.find_path().await;
        endpoint.paths(canary).await;
        endpoint.queries(canary).await;
        endpoint.headers(canary).await;
        let found = endpoint.bodies(canary).await;
        fields.insert(format!("{} {}", route.method, route.pattern), found);
    }
    // A singer who is not heard proves nothing: whoever takes a body has told its fields.
    let known =
        |route: &str, field: &str| fields[route].iter().any(|path| path.last() == Some(&Step::Field(field.into())));
    assert!(known("POST /orders", "postal_code") && known("PUT /admin/products/{product_id}", "sku"), "{fields:?}");
    let takers = files_with("functions", "request.json()");
    let told = fields.values().filter(|found| !found.is_empty()).count();
    assert!(told >= takers, "{told} of {takers}: {fields:?}");
}

impl Endpoint<'_> {
    async fn send(&self, path: &str, headers: &[(&str, &[u8])], body: Option<&Value>) -> (u16, Value) {
        let mut request = self.client.request(self.method.clone(), format!("{}{path}", self.base));
        request = request.header("souk-edge-secret", &stack().edge_secret);
        if !headers.iter().any(|(name, _)| *name == "authorization") {
            request = request.bearer_auth(self.token);
        }
        for (name, value) in headers {
            request = request.header(*name, HeaderValue::from_bytes(value).unwrap());
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        assert!(status < 500, "{} {path}: {status} {:?}", self.method, answer.text().await);
        (status, answer.json().await.unwrap_or_default())
    }

    /// Tries forms of ids until none of the path's parameters is refused.
    async fn find_path(&mut self) {
        let mut tried: BTreeMap<String, usize> = BTreeMap::new();
        loop {
            let id = |name: &str| NOBODY[tried.get(name).copied().unwrap_or_default()];
            let segments = self.route.pattern.split('/').map(|part| match part.strip_prefix('{') {
                Some(name) => id(name.trim_end_matches('}')),
                None => part,
            });
            self.path = segments.collect::<Vec<_>>().join("/");
            let (_, problem) = self.send(&self.path, &[], Some(&json!({}))).await;
            let refused = problem["errors"][0]["field"].as_str().unwrap_or_default().to_owned();
            if !self.route.pattern.contains(&format!("{{{refused}}}")) {
                return;
            }
            let next = tried.entry(refused).or_default();
            *next += 1;
            assert!(*next < NOBODY.len(), "{}: {problem}", self.route.pattern);
        }
    }

    async fn paths(&self, canary: &Canary) {
        for parameter in [canary.word.clone(), canary.number.to_string(), format!("{}%20%E2%9C%B6", canary.word)] {
            let path = self.route.path(&parameter);
            for body in [None, Some(json!({}))] {
                self.send(&path, &[("if-match", b"\"1\"")], body.as_ref()).await;
            }
        }
    }

    async fn queries(&self, canary: &Canary) {
        let mut names = quoted_arguments("functions", "query(");
        names.insert(canary.word.clone());
        for name in names {
            for value in [canary.word.clone(), canary.number.to_string(), format!("{}%20%E2%9C%B6", canary.word)] {
                self.send(&format!("{}?{name}={value}", self.path), &[], None).await;
                self.send(&format!("{}?{name}={value}&{name}={value}", self.path), &[], None).await;
            }
        }
    }

    async fn headers(&self, canary: &Canary) {
        let mut names: BTreeSet<String> = ["header(", "token(", "get_all(", "signed_body("]
            .iter()
            .flat_map(|call| ["functions", "shared/runtime/src/http"].map(|folder| quoted_arguments(folder, call)))
            .flatten()
            .collect();
        names.extend(["user-agent", "referer", "origin", "x-forwarded-for", "x-canary"].map(str::to_owned));
        names.remove("cookie");
        let (word, unreadable) = (canary.word.as_bytes(), canary.text());
        for name in names.iter().filter(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')) {
            for value in [word, unreadable.as_bytes(), &[word, b", ", word].concat()] {
                self.send(&self.path, &[(name, value)], None).await;
            }
        }
        let bearer = format!("Bearer {}", canary.word);
        let cookie = format!("{}={}; __Host-souk-guest={}", canary.word, canary.word, canary.word);
        for (name, value) in [("authorization", bearer.as_bytes()), ("cookie", cookie.as_bytes())] {
            self.send(&self.path, &[(name, value)], None).await;
        }
        self.send(&self.path, &[("cookie", format!("__Host-souk-guest={unreadable}").as_bytes())], None).await;
    }

    /// Every field of the body that the endpoint takes, with every type of value; their paths.
    async fn bodies(&self, canary: &Canary) -> BTreeSet<Vec<Step>> {
        let key: &[(&str, &[u8])] = &[("idempotency-key", b"a-key-for-a-song")];
        for body in canary.values() {
            self.send(&self.path, key, Some(&body)).await;
        }
        let mut found = BTreeSet::new();
        let mut open = vec![Vec::new()];
        while let Some(at) = open.pop() {
            for name in self.names_at(&at, canary).await {
                let mut field = at.clone();
                field.push(Step::Field(name));
                for value in canary.values() {
                    self.send(&self.path, key, Some(&body_with(&field, value))).await;
                }
                let mut item = field.clone();
                item.push(Step::Item);
                if found.insert(field.clone()) && field.len() < DEPTH {
                    open.extend([field, item]);
                }
            }
        }
        found
    }

    /// The names of the fields at a place, which the endpoint tells whoever sends one that it does not know.
    async fn names_at(&self, at: &[Step], canary: &Canary) -> Vec<String> {
        let stranger = body_with(at, json!({ &canary.word: canary.word }));
        let (_, problem) = self.send(&self.path, &[("idempotency-key", b"a-key-for-a-song")], Some(&stranger)).await;
        // A body of rows is taken, and its rows are refused one by one.
        let of_row = &problem["rows"][0]["problem"]["detail"];
        let detail = problem["detail"].as_str().or_else(|| of_row.as_str()).unwrap_or_default();
        let Some((_, expected)) = detail.split_once("expected") else { return Vec::new() };
        let is_about_names = detail.contains("unknown field");
        let names = expected.split('`').skip(1).step_by(2).filter(|_| is_about_names);
        names.map(str::to_owned).collect()
    }
}

fn body_with(at: &[Step], value: Value) -> Value {
    at.iter().rev().fold(value, |inner, step| match step {
        Step::Field(name) => json!({ name: inner }),
        Step::Item => json!([inner]),
    })
}
