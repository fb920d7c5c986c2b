//! Answers that many routes have and no story leads to: bodies that are too large or no JSON, ids of another form, copies
//! that are still good, and each rule's own refusal where one request shows it.

use reqwest::Method;
use serde_json::{Value, json};
use souk_domain::order::MAX_LINES;
use souk_pictures::PICTURES_MAX;
use souk_runtime::http::{MAX_BODY_BYTES, ROWS_MAX_BYTES};

use crate::{
    api::{Operation, document, operations},
    support::{Api, PROJECTION, Rows, Shelf, Shop, admin, eventually, for_sale, fresh, stack},
};

const KEY: (&str, &str) = ("idempotency-key", "a-key-for-the-answers");

async fn staff() -> Api {
    let token = stack().person(&["operator", "warehouse"]).await.sign_in(stack()).await.access;
    stack().guest().with_token(&token)
}

/// The operations whose description names a problem, but for those that look at a signature first.
fn naming(problem: &str) -> Vec<Operation> {
    let names = |operation: &Operation| {
        let answers = operation.value["responses"].as_object().unwrap().values();
        let mut references = answers.filter_map(|answer| answer["$ref"].as_str());
        references.any(|reference| reference.split('.').any(|name| name == problem))
    };
    let all = operations(&document()).into_iter();
    all.filter(|operation| names(operation) && !operation.path.starts_with("/webhooks/")).collect()
}

#[tokio::test]
async fn a_body_too_large_is_413_and_one_of_another_type_415_wherever_there_is_one() {
    let (api, body) = (staff().await, |length: usize| Some(format!("[]{}", " ".repeat(length - 2))));
    let (large, other) = (naming("body-too-large"), naming("unsupported-media-type"));
    assert!(large.len() > 25 && large.len() == other.len(), "{} {}", large.len(), other.len());
    for operation in large {
        let (method, path): (Method, _) = (operation.method.parse().unwrap(), operation.path_of_nothing());
        let takes_rows = operation.value["requestBody"].to_string().contains("/Rows_");
        let most = if takes_rows { ROWS_MAX_BYTES } else { MAX_BODY_BYTES };
        let refused = api.send_raw(method.clone(), &path, &[KEY], body(most + 1)).await;
        assert_eq!(refused.status, 413, "{}: {}", operation.route(), refused.body);
        let text = [KEY, ("content-type", "text/plain")];
        let refused = api.send_raw(method, &path, &text, Some("{}".to_owned())).await;
        assert_eq!(refused.status, 415, "{}: {}", operation.route(), refused.body);
    }
}

#[tokio::test]
async fn an_id_of_another_form_is_400_wherever_there_is_one() {
    let api = staff().await;
    let mut asked = 0;
    for operation in naming("invalid-request").into_iter().filter(|operation| operation.path.contains('{')) {
        let bad = |part: &str| if part.starts_with('{') { "-bad" } else { part }.to_owned();
        let path = operation.path.split('/').map(bad).collect::<Vec<_>>().join("/");
        let body = operation.value.get("requestBody").map(|_| "{}".to_owned());
        let reply = api.send_raw(operation.method.parse().unwrap(), &path, &[KEY], body).await;
        // In a sale's queue it is looked first whether somebody may be there.
        let is_early = reply.status == 401 && operation.path.starts_with("/sales/");
        assert!(reply.status == 400 || is_early, "{}: {} {}", operation.route(), reply.status, reply.body);
        asked += 1;
    }
    assert!(asked > 40, "{asked}");
}

#[tokio::test]
async fn a_copy_that_is_still_good_is_304_wherever_it_is_asked_for() {
    let operator = stack().sign_in("operator").await;
    let shop = Shop::open(&operator).await;
    let (product, collection, place) = (shop.list("Kettle").await, fresh("col"), fresh("place"));
    operator.put(&format!("/admin/collections/{collection}"), json!({ "name": "Summer" })).await.expect(201);
    let site = json!({ "area": { "country": "US", "region": "TN" }, "priority": 3 });
    operator.put(&format!("/admin/warehouses/{place}"), site).await.expect(201);
    let usd = json!({ "price": { "amount": 100, "currency": "USD" } });
    operator.put(&format!("/admin/prices/{product}"), usd).await.expect(201);
    // Until its price and stock are known a page is nobody's to keep.
    operator.put(&format!("/admin/inventory/{product}/w1"), json!({ "quantity": 1 })).await.expect(201);
    let ids = [
        ("{category_id}", &shop.category_id),
        ("{collection_id}", &collection),
        ("{product_id}", &product),
        ("{seller_id}", &shop.seller_id),
        ("{sku}", &product),
        ("{warehouse_id}", &place),
    ];
    let answers_304 = |operation: &Operation| operation.value["responses"].get("304").is_some();
    let mut asked = 0;
    for operation in operations(&document()).iter().filter(|operation| answers_304(operation)) {
        let query = if operation.path == "/products" { format!("?ids={product}") } else { String::new() };
        let path = ids.iter().fold(operation.path.clone() + &query, |path, (name, id)| path.replace(name, id));
        let kept = eventually(&format!("{path} may be kept"), PROJECTION, || async {
            let reply = operator.send(Method::GET, &path, &[("if-none-match", "*")], None).await;
            (reply.status == 304).then_some(reply)
        })
        .await;
        assert_eq!(kept.body, Value::Null, "{path}");
        asked += 1;
    }
    assert!(asked > 10, "{asked}");
}

#[tokio::test]
async fn another_version_is_412_wherever_there_is_one() {
    let operator = stack().sign_in("operator").await;
    let shop = Shop::open(&operator).await;
    let (product, collection) = (shop.list("Kettle").await, format!("/admin/collections/{}", fresh("col")));
    operator.put(&collection, json!({ "name": "Summer" })).await.expect(201);
    let other = [("if-match", "\"77\"")];
    operator.send(Method::DELETE, &admin(&product), &other, None).await.expect_problem(412, "stale-version");
    let renamed = operator.send(Method::PUT, &collection, &other, Some(json!({ "name": "Winter" }))).await;
    renamed.expect_problem(412, "stale-version");
    assert_eq!(operator.get(&collection).await.expect(200).body["name"], "Summer");
}

#[tokio::test]
async fn a_cart_has_so_many_lines_and_no_more() {
    let operator = stack().sign_in("operator").await;
    let shopper = stack().guest().with_token(&stack().person(&[]).await.sign_in(stack()).await.access);
    let skus: Vec<_> = (0..=MAX_LINES).map(|_| fresh("sku")).collect();
    let listed: Vec<_> = skus.iter().map(String::as_str).collect();
    let product = Shop::open(&operator).await.product("Thing", &listed);
    operator.put(&admin(&fresh("prod")), product).await.expect(201);
    let price = |sku: &String| json!({ "sku": sku, "price": { "amount": 500, "currency": "USD" } });
    let priced = Rows::put(&operator, "prices", &skus.iter().map(price).collect::<Vec<_>>()).await;
    assert!(priced.outcomes().iter().all(|outcome| outcome == "created 1"), "{priced:?}");
    for sku in &skus {
        for_sale(sku).await;
    }
    let (last, fitting) = skus.split_last().unwrap();
    for sku in fitting {
        shopper.put(&format!("/cart/items/{sku}"), json!({ "quantity": 1 })).await.expect(200);
    }
    let refused = shopper.put(&format!("/cart/items/{last}"), json!({ "quantity": 1 })).await;
    refused.expect_problem(409, "cart-full");
    assert_eq!(shopper.get("/cart").await.expect(200).body["lines"].as_array().unwrap().len(), MAX_LINES);
}

#[tokio::test]
async fn a_cart_is_ordered_once_though_it_was_checked_out_twice() {
    let operator = stack().sign_in("operator").await;
    let shopper = stack().guest().with_token(&stack().person(&[]).await.sign_in(stack()).await.access);
    let shelf = Shelf::stocked(&operator, 500, 2).await;
    shopper.put(&format!("/cart/items/{}", shelf.sku), json!({ "quantity": 1 })).await.expect(200);
    let check_out = async || shopper.post("/checkouts", json!({})).await;
    let (one, again) = (check_out().await.expect(201), check_out().await.expect(201));
    let checkout_id = one.text("checkout_id");
    assert_eq!(again.text("checkout_id"), checkout_id);
    // A card whose bank asks: the cart keeps its lines until the order is paid.
    shopper.order(&fresh("key"), checkout_id, "pm_card_authenticationRequired").await.expect(201);
    check_out().await.expect_problem(409, "cart-consumed");
    shopper.order(&fresh("key"), checkout_id, "pm_card_visa").await.expect_problem(409, "checkout-consumed");
    shopper.delete(&format!("/checkouts/{checkout_id}")).await.expect_problem(409, "checkout-consumed");
}

#[tokio::test]
async fn a_product_has_so_many_pictures_and_no_more() {
    let operator = stack().sign_in("operator").await;
    let path = format!("{}/pictures", admin(&fresh("prod")));
    let ask = async || operator.post(&path, json!({ "content_type": "image/png" })).await;
    for _ in 0..PICTURES_MAX {
        ask().await.expect(201);
    }
    ask().await.expect_problem(409, "too-many-pictures");
}

#[tokio::test]
async fn more_units_than_a_row_can_have_are_refused() {
    let operator = stack().sign_in("operator").await;
    let shelf = Shelf::stocked(&operator, 500, 2).await;
    let path = format!("/admin/inventory/{}/w1/adjustments", shelf.sku);
    let adjustment = json!({ "delta": 1_000_000_000, "reason": "found" });
    let key = fresh("key");
    let refused = operator.send(Method::POST, &path, &[("idempotency-key", &key)], Some(adjustment)).await;
    refused.expect_problem(409, "too-much-stock");
    assert_eq!(shelf.numbers().await, (2, 0, 2));
}

#[tokio::test]
async fn what_has_ended_is_not_delivered_or_cancelled_by_anybody() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let nobody = "/admin/orders/ord_00000000000000000000000000000000";
    operator.post(&format!("{nobody}/deliver"), json!({})).await.expect_problem(404, "not-found");
    let shelf = Shelf::stocked(&operator, 500, 1).await;
    let order_id = shopper.buy(&shelf.sku, 1, "pm_card_visa").await["order_id"].as_str().unwrap().to_owned();
    shopper.order_in(&order_id, "CONFIRMED").await;
    operator.settled(&order_id).await;
    let parcels = json!({ "carrier": "Swift Parcel", "tracking_number": fresh("SP") });
    operator.post(&format!("/admin/orders/{order_id}/ship"), parcels).await.expect(200);
    let cancelled = operator.post(&format!("/admin/orders/{order_id}/cancel"), json!({})).await;
    cancelled.expect_problem(409, "illegal-transition");
}
