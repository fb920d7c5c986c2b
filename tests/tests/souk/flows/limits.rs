//! Bounded fields of bodies, at the edge that the description tells, and one beyond it.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    api::{
        document,
        limits::{Bound, body_of, bounds},
        operations,
    },
    support::{Api, fresh, stack},
};

/// A body that is taken but for what it names, and the fields of it that are tried.
struct Tried {
    method: Method,
    route: &'static str,
    body: Value,
    fields: &'static [&'static str],
}

fn tried() -> Vec<Tried> {
    let usd = json!({ "amount": 100, "currency": "USD" });
    let product = json!({
        "title": "Thing", "description": "Holds what you need.", "category_id": "nobody-has-this", "seller_id": "nobody-has-this",
        "variants": [{ "sku": "nobody-has-this" }],
    });
    let webhook = json!({ "url": "https://example.com/hook", "event_types": ["order.placed"], "enabled": false });
    let put = |route, body, fields| Tried { method: Method::PUT, route, body, fields };
    let post = |route, body, fields| Tried { method: Method::POST, route, body, fields };
    vec![
        put("/admin/categories/{category_id}", json!({ "name": "Things" }), &["name"]),
        put("/admin/collections/{collection_id}", json!({ "name": "Things" }), &["name", "description"]),
        put("/admin/sellers/{seller_id}", json!({ "name": "Somebody" }), &["name"]),
        put("/admin/prices/{sku}", json!({ "price": usd }), &["price.amount", "max_per_order"]),
        put("/admin/inventory/{sku}/{warehouse_id}", json!({ "quantity": 1 }), &["quantity"]),
        put("/admin/products/{product_id}", product, &["title", "description"]),
        put("/admin/webhooks/{webhook_id}", webhook, &["description"]),
        put("/cart/items/{sku}", json!({ "quantity": 1 }), &["quantity"]),
        post("/checkouts", json!({ "lines": [{ "sku": "nobody-has-this", "quantity": 1 }] }), &["lines[].quantity"]),
        post("/admin/prices", json!({ "rows": [{ "sku": "A" }] }), &["rows"]),
        post("/admin/inventory", json!({ "rows": [{ "sku": "A" }] }), &["rows"]),
        post("/admin/products", json!({ "rows": [{ "product_id": "a" }] }), &["rows"]),
    ]
}

/// The body with something else in a field.
fn with(body: &Value, field: &str, value: Value) -> Value {
    let mut body = body.clone();
    let mut place = &mut body;
    for part in field.split('.') {
        place = match part.strip_suffix("[]") {
            Some(list) => &mut place[list][0],
            None => &mut place[part],
        };
    }
    *place = value;
    body
}

/// A value of this size. Texts are of one letter, lists of the item that is there.
fn sized(body: &Value, field: &str, bound: &Bound, size: i64) -> Value {
    match bound.what {
        "characters" => json!("x".repeat(usize::try_from(size).unwrap())),
        "items" => json!(vec![body[field][0].clone(); usize::try_from(size).unwrap()]),
        _ => json!(size),
    }
}

async fn ask(api: &Api, tried: &Tried, body: Value) -> (u16, String) {
    // A thing of its own each time: what is taken once would need its version then.
    let part = |part: &str| match part {
        "{webhook_id}" => "whk_00000000000000000000000000000000".to_owned(),
        part if part.starts_with('{') => fresh("limit"),
        part => part.to_owned(),
    };
    let path = tried.route.split('/').map(part).collect::<Vec<_>>().join("/");
    let tag: &[(&str, &str)] = if tried.route.contains("webhook") { &[("if-match", "\"1\"")] } else { &[] };
    let reply = api.send(tried.method.clone(), &path, tag, Some(body)).await;
    (reply.status, reply.body["errors"][0]["field"].as_str().unwrap_or_default().to_owned())
}

/// Whether what was refused is this field, or what it is part of.
fn is_about(told: &str, field: &str) -> bool {
    !told.is_empty() && field.starts_with(&told.replace("[0]", "[]"))
}

#[tokio::test]
async fn each_field_is_taken_at_its_edges_and_refused_one_beyond() {
    let (document, api) = (document(), stack().sign_in("operator").await);
    let operations = operations(&document);
    let mut judged = 0;
    for tried in tried() {
        let is_it = |path: &str, method: &str| path == tried.route && method == tried.method.as_str();
        let operation = operations.iter().find(|known| is_it(&known.path, &known.method)).unwrap();
        let bounds = bounds(&document, body_of(&operation.value).unwrap());
        for field in tried.fields {
            let bound = bounds.get(*field).unwrap_or_else(|| panic!("{} has no bound of {field}", tried.route));
            let body = |size: i64| with(&tried.body, field, sized(&tried.body, field, bound, size));
            let least = bound.least.filter(|least| *least > 0);
            for edge in least.into_iter().chain([bound.most]) {
                let (status, about) = ask(&api, &tried, body(edge)).await;
                assert!(status != 400 || !is_about(&about, field), "{} {field} {edge}: {status} {about}", tried.route);
                judged += 1;
            }
            for beyond in least.map(|least| least - 1).into_iter().chain([bound.most + 1]) {
                let (status, about) = ask(&api, &tried, body(beyond)).await;
                assert!(status == 400 && is_about(&about, field), "{} {field} {beyond}: {status} {about}", tried.route);
                judged += 1;
            }
        }
    }
    assert!(judged >= 40, "{judged}");
}

#[test]
fn a_field_is_found_in_objects_and_lists() {
    let body = json!({ "lines": [{ "quantity": 1 }], "price": { "amount": 1 }, "name": "a" });
    assert_eq!(with(&body, "lines[].quantity", json!(9))["lines"][0]["quantity"], 9);
    assert_eq!(with(&body, "price.amount", json!(9))["price"]["amount"], 9);
    assert_eq!(with(&body, "name", json!("b"))["name"], "b");
    assert!(is_about("lines[0].quantity", "lines[].quantity") && is_about("price", "price.amount"));
    assert!(!is_about("", "name") && !is_about("title", "name"));
}
