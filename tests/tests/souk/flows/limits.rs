//! Each field of each body at the edges that the description tells, and one beyond them.

use futures_util::{StreamExt as _, stream};
use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    api::{
        Operation, document,
        limits::{Bound, body_of, fields},
        operations,
        samples::{distinct, member, pattern_of, spaced, with},
    },
    support::{Api, fresh, hmac_sha256, stack},
};

/// Routes at a time.
const AT_ONCE: usize = 8;

/// What a field goes only with: route, field, and the other.
fn companion(route: &str, field: &str) -> Option<(&'static str, Value)> {
    match (route, field) {
        ("POST /admin/order-searches", "limit") => Some(("user_id", json!("nobody"))),
        ("POST /admin/orders/{order_id}/ship", "tracking_number") => Some(("carrier", json!("Swift Parcel"))),
        _ => None,
    }
}

/// Whoever may ask anything, of what is not there.
struct Asking<'a> {
    operation: &'a Operation,
    api: Api,
}

/// What was answered, and which fields it names.
struct Told {
    status: u64,
    about: Vec<String>,
}

impl Asking<'_> {
    async fn ask(&self, body: &Value) -> Told {
        let method: Method = self.operation.method.parse().unwrap();
        // Of a version that there is not: nothing is put where a body is taken.
        let mut headers = vec![("if-match", "\"77\"".to_owned()), ("idempotency-key", fresh("key"))];
        let mut path = self.operation.path_of_nothing();
        if path.starts_with("/webhooks/carriers/") {
            let second = Timestamp::now().as_second();
            let tag = hmac_sha256(&stack().carrier_secret, &format!("{second}.{body}"));
            headers.push(("souk-signature", format!("t={second},v1={tag}")));
            path = "/webhooks/carriers/swift-parcel".to_owned();
        }
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let reply = self.api.send(method, &path, &headers, Some(body.clone())).await;
        if reply.status == 201 && path == "/admin/webhooks" {
            let made = reply.header("location").to_owned();
            self.api.send(Method::DELETE, &made, &[("if-match", "\"1\"")], None).await.expect(204);
        }
        // Rows are judged one by one.
        let row = &reply.body["rows"][0]["problem"];
        let (problem, outer) = if row.is_object() { (row, "rows[].") } else { (&reply.body, "") };
        let errors = problem["errors"].as_array().into_iter().flatten();
        let named = errors.filter_map(|error| Some(format!("{outer}{}", plain(error["field"].as_str()?))));
        Told { status: problem["status"].as_u64().unwrap_or(reply.status.into()), about: named.collect() }
    }
}

/// `lines[0].quantity` as `lines[].quantity`.
fn plain(field: &str) -> String {
    let parts = field.split('[').map(|part| part.split_once(']').map_or(part, |(_, rest)| rest));
    parts.collect::<Vec<_>>().join("[]")
}

impl Told {
    /// Whether this field, what it is part of, or a part of it is refused.
    fn refuses(&self, field: &str) -> bool {
        let is_within = |inner: &str, outer: &str| {
            inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        self.status == 400 && self.about.iter().any(|told| is_within(field, told) || is_within(told, field))
    }
}

/// Values of which one at least is taken, edge by edge; and values that are not.
fn tried(document: &Value, field: &str, schema: &Value) -> (Vec<Vec<Value>>, Vec<Value>) {
    let (mut edges, mut beyond) = (Vec::new(), Vec::new());
    if let Some(pattern) = pattern_of(schema) {
        edges.extend(pattern.edges.iter().map(|text| vec![json!(text)]));
        beyond.extend(pattern.beyond.iter().map(|text| json!(text)));
    }
    if let Some(bound) = Bound::of(schema) {
        let name = field.rsplit('.').next().unwrap_or_default();
        let like = member(document, name.trim_end_matches("[]"), schema);
        let sized = |size: i64| of_size(&like, bound.what, size);
        edges.extend(bound.least.into_iter().filter(|least| *least > 0).chain([bound.most]).map(sized));
        beyond.extend(sized(bound.most + 1).pop());
        // Less than nothing only a number can be.
        let less = bound.least.filter(|least| *least > 0 || bound.what.is_empty());
        beyond.extend(less.and_then(|least| sized(least - 1).pop()));
    }
    (edges, beyond)
}

/// Values of this size like a sample. Of texts the last has the most characters that are seen.
fn of_size(like: &Value, what: &str, size: i64) -> Vec<Value> {
    let length = || usize::try_from(size).unwrap();
    match what {
        "characters" => {
            let made = like.as_str().unwrap_or_default();
            let longer: String = made.chars().chain(std::iter::repeat('x')).take(length()).collect();
            let address: String = "a@".chars().chain("example.".chars().cycle()).take(length()).collect();
            vec![json!(spaced(length())), json!(address), json!(longer)]
        }
        "items" => {
            let items = (0..u64::try_from(size).unwrap()).map(|n| distinct(like[0].clone(), n));
            vec![Value::Array(items.collect())]
        }
        _ => vec![json!(size)],
    }
}

/// What is wrong with a route's limits, and how many bodies were tried.
async fn judge(document: &Value, asking: Asking<'_>) -> (Vec<String>, usize) {
    let (mut wrong, mut judged) = (Vec::new(), 0);
    let route = asking.operation.route();
    let body = body_of(&asking.operation.value).unwrap();
    for (field, schema) in fields(document, body) {
        let made_with = |value: &Value| {
            let mut made = with(document, body, &field, value);
            if let Some((other, value)) = companion(&route, &field) {
                made[other] = value;
            }
            made
        };
        let (edges, beyond) = tried(document, &field, &schema);
        for edge in edges {
            let mut told = Vec::new();
            for value in &edge {
                judged += 1;
                told.push(asking.ask(&made_with(value)).await);
                if !told.last().unwrap().refuses(&field) {
                    break;
                }
            }
            let last = told.last().unwrap();
            if last.refuses(&field) {
                wrong.push(format!(
                    "{route} {field} refuses {:.100}: {:?}",
                    edge.last().unwrap().to_string(),
                    last.about
                ));
            }
        }
        for value in beyond {
            judged += 1;
            let told = asking.ask(&made_with(&value)).await;
            if !told.refuses(&field) {
                let value = value.to_string();
                wrong.push(format!("{route} {field} takes {value:.100}: {} about {:?}", told.status, told.about));
            }
        }
    }
    (wrong, judged)
}

#[tokio::test]
async fn each_field_is_taken_at_its_edges_and_refused_beyond_them() {
    let (document, pool) = (document(), stack().person(&["operator", "warehouse"]).await.sign_in(stack()).await);
    let api = stack().guest().with_token(&pool.access);
    let operations = operations(&document);
    let takers = operations.iter().filter(|operation| body_of(&operation.value).is_some());
    let judging = takers.map(|operation| judge(&document, Asking { operation, api: api.clone() }));
    let found: Vec<_> = stream::iter(judging).buffer_unordered(AT_ONCE).collect().await;
    let judged: usize = found.iter().map(|(_, judged)| judged).sum();
    println!("{judged} bodies");
    let wrong: Vec<_> = found.into_iter().flat_map(|(wrong, _)| wrong).collect();
    assert_eq!(wrong, [""; 0]);
    assert!(judged > 300, "{judged}");
}

#[test]
fn a_field_is_refused_where_it_what_it_is_part_of_or_a_part_of_it_is_named() {
    let told = |about: &str| Told { status: 400, about: vec![plain(about)] };
    assert!(told("lines[0].quantity").refuses("lines[].quantity") && told("price").refuses("price.amount"));
    assert!(told("rows[17].sku").refuses("rows"));
    assert!(!told("title").refuses("name") && !told("names").refuses("name"));
    assert!(!Told { status: 404, about: Vec::new() }.refuses("name"));
}
