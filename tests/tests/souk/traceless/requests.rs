//! Requests that are refused: of each route of the description, and about what is there.

use reqwest::Method;
use serde_json::{Value, json};
use souk_runtime::http::MAX_BODY_BYTES;

use crate::{
    api::{Operation, document, operations},
    support::{Api, Shelf, address, admin, fresh, stack},
};

const KEY: (&str, &str) = ("idempotency-key", "a-key-that-is-refused");

/// A request that is refused.
pub struct Refused {
    api: Api,
    method: Method,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Option<String>,
}

impl Refused {
    pub async fn send(&self) {
        let headers: Vec<_> = self.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let reply = self.api.send_raw(self.method.clone(), &self.path, &headers, self.body.clone()).await;
        let (method, path, body) = (&self.method, &self.path, &self.body);
        assert!((400..500).contains(&reply.status), "{method} {path} {body:.200?}: {} {}", reply.status, reply.body);
    }
}

fn refused(api: &Api, operation: &Operation, body: Option<&str>) -> Refused {
    Refused {
        api: api.clone(),
        method: operation.method.parse().unwrap(),
        path: operation.path_of_nothing(),
        headers: vec![(KEY.0, KEY.1.to_owned()), ("if-match", "\"1\"".to_owned())],
        body: body.map(str::to_owned),
    }
}

/// Nobody's, a stranger's, of a bad body, too large, about nothing: each route by each of these that it refuses.
pub async fn of_the_description() -> Vec<Refused> {
    let nobody = stack().guest().with_token("no.good.token");
    let shopper = stack().sign_in("shopper").await;
    let token = stack().person(&["operator", "warehouse"]).await.sign_in(stack()).await.access;
    let staff = stack().guest().with_token(&token);
    let large = format!("[]{}", " ".repeat(MAX_BODY_BYTES - 1));
    let mut requests = Vec::new();
    for operation in operations(&document()).iter().filter(|operation| operation.method != "GET") {
        // What signs itself is not looked into.
        let (takes, signs) = (operation.value.get("requestBody").is_some(), operation.path.starts_with("/webhooks/"));
        let alternatives = operation.alternatives();
        let body = takes.then_some("{}");
        if !alternatives.iter().any(Vec::is_empty) {
            requests.push(refused(&nobody, operation, body));
        }
        if !signs && alternatives.iter().flatten().all(|(_, roles)| !roles.is_empty()) && !alternatives.is_empty() {
            requests.push(refused(&shopper, operation, body));
        }
        if takes {
            let unknown = r#"{"nobody_knows_this": 1}"#;
            requests.extend(["[2]", "{", unknown, &large].map(|body| refused(&staff, operation, Some(body))));
        } else if operation.path.contains('{') && !operation.path.starts_with("/cart") {
            requests.push(refused(&staff, operation, None));
        }
    }
    requests
}

/// Wrong versions, others' things, too much: about products, prices, stock, orders and subscriptions that are there.
pub async fn of_what_is_there() -> Vec<Refused> {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let other = stack().sign_in("shopper2").await;
    let shelf = Shelf::stocked(&operator, 1500, 3).await;
    let (sku, nowhere) = (&shelf.sku, fresh("sku"));
    let order = shopper.buy(sku, 1, "pm_card_visa").await;
    let order_id = order["order_id"].as_str().unwrap().to_owned();
    shopper.order_in(&order_id, "CONFIRMED").await;
    operator.settled(&order_id).await;
    let order_path = format!("/orders/{order_id}");
    let (usd, units) = (json!({ "price": { "amount": 1, "currency": "USD" } }), json!({ "quantity": 7 }));
    let product = operator.get(&admin(sku)).await.expect(200).body;
    let known = ["title", "description", "category_id", "seller_id", "variants"];
    let mut product: Value = known.iter().map(|name| ((*name).to_owned(), product[*name].clone())).collect();
    // What is as it is to be is no change, whatever version was seen.
    product["title"] = json!("Another thing");
    let mut webhook =
        json!({ "url": "https://example.com/hook", "event_types": ["order.delivered"], "enabled": false });
    let made = operator.post("/admin/webhooks", webhook.clone()).await;
    webhook["event_types"] = json!(["order.shipped"]);
    let mut requests = Vec::new();
    let mut ask = |api: &Api, method: &Method, path: &str, tag: Option<&str>, body: Value| {
        let mut headers = vec![(KEY.0, KEY.1.to_owned())];
        headers.extend(tag.map(|tag| ("if-match", tag.to_owned())));
        let (method, path, body) = (method.clone(), path.to_owned(), (!body.is_null()).then(|| body.to_string()));
        requests.push(Refused { api: api.clone(), method, path, headers, body });
    };
    let (put, post, delete) = (&Method::PUT, &Method::POST, &Method::DELETE);
    let guarded = [
        (admin(sku), product),
        (format!("/admin/prices/{sku}"), usd.clone()),
        (format!("/admin/inventory/{sku}/w1"), units.clone()),
    ];
    for (path, body) in &guarded {
        ask(&operator, put, path, Some("\"77\""), body.clone());
        ask(&operator, put, path, None, body.clone());
        ask(&operator, put, path, Some("seven"), body.clone());
        ask(&shopper, put, path, Some("*"), body.clone());
        ask(&stack().guest(), put, path, Some("*"), body.clone());
    }
    ask(&operator, delete, &admin(sku), Some("\"77\""), Value::Null);
    ask(&operator, delete, &admin(sku), None, Value::Null);
    ask(&operator, put, &format!("/admin/prices/{nowhere}"), Some("\"1\""), usd);
    ask(&operator, put, &format!("/admin/inventory/{nowhere}/w1"), Some("\"1\""), units);
    // Fewer than none, more than there can be, and of nothing that is sold.
    for quantity in [json!(0), json!(1000), json!("2"), json!(1.5)] {
        ask(&shopper, put, &format!("/cart/items/{sku}"), None, json!({ "quantity": quantity }));
    }
    ask(&shopper, put, &format!("/cart/items/{nowhere}"), None, json!({ "quantity": 1 }));
    let lines = |sku: &str, quantity: u32| json!({ "lines": [{ "sku": sku, "quantity": quantity }] });
    ask(&shopper, post, "/checkouts", None, lines(sku, 0));
    ask(&shopper, post, "/checkouts", None, json!({ "lines": [] }));
    ask(&shopper, post, "/checkouts", None, lines(&nowhere, 1));
    ask(&shopper, post, "/checkouts", None, lines(sku, 99));
    let chk = "chk_00000000000000000000000000000000";
    let to_order = json!({ "checkout_id": chk, "payment_method": "pm_card_visa", "shipping_address": address() });
    ask(&shopper, post, "/orders", None, to_order.clone());
    let mut nowhere_to_go = to_order;
    nowhere_to_go["shipping_address"]["country"] = json!("ZZ");
    ask(&shopper, post, "/orders", None, nowhere_to_go);
    // Another's order.
    ask(&other, post, &format!("{order_path}/cancel"), None, json!({}));
    ask(&other, put, &format!("{order_path}/shipping-address"), Some("*"), address());
    ask(&shopper, put, &format!("{order_path}/shipping-address"), Some("\"77\""), address());
    ask(&shopper, post, &format!("/admin/orders/{order_id}/cancel"), None, json!({}));
    let refund = json!({ "amount": { "amount": 1, "currency": "USD" }, "reason": "kind" });
    ask(&operator, post, &format!("/admin/orders/{order_id}/refunds"), None, refund);
    if made.status == 201 {
        let path = made.header("location").to_owned();
        ask(&operator, put, &path, Some("\"77\""), webhook.clone());
        ask(&operator, put, &path, None, webhook);
        ask(&operator, delete, &path, Some("\"77\""), Value::Null);
    }
    requests
}
