use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Rows, eventually, fresh, stack};

/// From the catalog's table over the bus into the prices' table.
const PUBLISHED_WITHIN: Duration = Duration::from_secs(30);

fn usd(amount: i64) -> Value {
    json!({ "price": { "amount": amount, "currency": "USD" } })
}

#[tokio::test]
async fn a_price_is_created_and_changed_by_whoever_has_seen_it() {
    let operator = stack().sign_in("operator").await;
    let path = format!("/admin/prices/{}", fresh("sku"));
    let change =
        async |etag: &str, amount| operator.send(Method::PUT, &path, &[("if-match", etag)], Some(usd(amount))).await;
    operator.get(&path).await.expect_problem(404, "not-found");
    change("\"1\"", 100).await.expect_problem(412, "stale-version");
    let created = operator.put(&path, usd(100)).await.expect(201);
    assert_eq!((created.header("etag"), &created.body["version"]), ("\"1\"", &json!(1)));
    operator.put(&path, usd(200)).await.expect_problem(428, "if-match-required");
    let stale = change("\"7\"", 200).await.expect_problem(412, "stale-version");
    assert_eq!(stale.header("etag"), "\"1\"");
    assert_eq!(change("\"1\"", 200).await.expect(200).header("etag"), "\"2\"");
    assert_eq!(change("\"2\"", 200).await.expect(200).header("etag"), "\"2\"", "an equal price is no change");
    let read = operator.get(&path).await.expect(200);
    assert_eq!((&read.body["price"], read.header("etag")), (&usd(200)["price"], "\"2\""));
}

#[tokio::test]
async fn many_prices_are_set_at_once_and_each_is_judged_by_itself() {
    let operator = stack().sign_in("operator").await;
    let (a, b) = (fresh("sku"), fresh("sku"));
    let row = |sku: &str, amount: i64, seen: Option<u64>| json!({ "sku": sku, "if_match": seen, "price": usd(amount)["price"] });
    let rows =
        Rows::put(&operator, "prices", &[row(&a, 100, None), row(&b, 200, None), row(&fresh("sku"), -1, None)]).await;
    assert_eq!(rows.outcomes(), ["created 1", "created 1", "400 invalid-request"]);
    let again = [row(&a, 100, None), row(&b, 300, None), row(&a, 400, Some(1)), row(&fresh("sku"), 100, Some(1))];
    let rows = Rows::put(&operator, "prices", &again).await;
    let told = ["unchanged 1", "428 if-match-required", "422 unprocessable", "412 stale-version"];
    assert_eq!((rows.outcomes(), rows.field(2)), (told.map(str::to_owned).to_vec(), "sku"));
    let rows = Rows::put(&operator, "prices", &[row(&a, 400, Some(1)), row(&b, 300, Some(2))]).await;
    assert_eq!(rows.outcomes(), ["changed 2", "412 stale-version"]);
    assert_eq!(operator.get(&format!("/admin/prices/{a}")).await.expect(200).body["price"]["amount"], 400);
    assert_eq!(operator.get(&format!("/admin/prices/{b}")).await.expect(200).body["price"]["amount"], 200);
}

#[tokio::test]
async fn what_is_no_price_is_refused_with_its_field() {
    let operator = stack().sign_in("operator").await;
    let path = format!("/admin/prices/{}", fresh("sku"));
    for (body, field) in [
        (json!({ "price": { "amount": 100, "currency": "EUR" } }), "price.currency"),
        (json!({ "price": { "amount": 100, "currency": "XXX" } }), "price.currency"),
        (json!({ "price": { "amount": 1.5, "currency": "USD" } }), "price.amount"),
        (json!({ "price": { "amount": 1, "currency": "USD" }, "sale": true }), "sale"),
    ] {
        operator.put(&path, body).await.expect_problem(400, "invalid-request").about_field(field);
    }
    for amount in [-1, 0, 49, 100_000_000] {
        operator.put(&path, usd(amount)).await.expect_problem(400, "invalid-request");
    }
    let free = operator.put(&path, usd(0)).await.expect_problem(400, "invalid-request").about_field("price.amount");
    assert!(free.text("detail").contains("USD 0.50"), "the least that can be paid is named: {}", free.body);
    operator.get(&path).await.expect_problem(404, "not-found");
    operator.send_raw(Method::PUT, &path, &[], Some("{".to_owned())).await.expect_problem(400, "invalid-request");
    let weak = operator.send(Method::PUT, &path, &[("if-match", "W/\"1\"")], Some(usd(100))).await;
    weak.expect_problem(412, "stale-version");
    let loose = operator.send(Method::PUT, &path, &[("if-match", "\"+1\"")], Some(usd(100))).await;
    loose.expect_problem(400, "invalid-request").about_field("If-Match");
    operator.put("/admin/prices/-no-sku", usd(100)).await.expect_problem(400, "invalid-request").about_field("sku");
    operator.get(&path).await.expect_problem(404, "not-found");
}

#[tokio::test]
async fn prices_are_the_operators() {
    let path = format!("/admin/prices/{}", fresh("sku"));
    for name in ["shopper", "warehouse"] {
        let user = stack().sign_in(name).await;
        user.get(&path).await.expect_problem(403, "forbidden");
        user.put(&path, usd(100)).await.expect_problem(403, "forbidden");
    }
    stack().guest().get(&path).await.expect(401);
    stack().guest().put(&path, usd(100)).await.expect(401);
}

/// What pricing learns of the catalog by events: titles appear in carts, and a SKU that was withdrawn
/// cannot be put into one.
#[tokio::test]
async fn the_catalogs_titles_and_withdrawals_reach_the_prices() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper2").await);
    let (product, sku, id) = (fresh("product"), fresh("sku"), fresh("made"));
    operator.put(&format!("/admin/categories/{id}"), json!({ "name": "Made" })).await.expect(201);
    operator.put(&format!("/admin/sellers/{id}"), json!({ "name": "Maker" })).await.expect(201);
    operator.put(&format!("/admin/prices/{sku}"), usd(700)).await.expect(201);
    let body = json!({
        "title": "Lantern", "description": "It shines.", "category_id": id, "seller_id": id,
        "variants": [{ "sku": sku, "title": "Brass, tall" }],
    });
    let path = format!("/admin/products/{product}");
    let etag = operator.put(&path, body).await.expect(201).header("etag").to_owned();
    let item = format!("/cart/items/{sku}");
    eventually("the title", PUBLISHED_WITHIN, || async {
        let reply = shopper.put(&item, json!({ "quantity": 1 })).await;
        if reply.status == 422 {
            reply.expect_problem(422, "unknown-sku");
            return None;
        }
        let cart = reply.expect(200).body;
        let line = cart["lines"].as_array()?.iter().find(|line| line["sku"] == *sku)?.clone();
        assert_eq!((&line["title"], &line["variant"]), (&json!("Lantern"), &json!("Brass, tall")));
        Some(())
    })
    .await;
    let nobodys = fresh("sku");
    operator.put(&format!("/admin/prices/{nobodys}"), usd(700)).await.expect(201);
    operator.put(&format!("/admin/inventory/{nobodys}/w1"), json!({ "quantity": 1 })).await.expect(201);
    let lines = json!({ "lines": [{ "sku": nobodys, "quantity": 1 }] });
    shopper.post("/checkouts", lines).await.expect_problem(422, "unprocessable").about_field("lines");
    operator.send(Method::DELETE, &path, &[("if-match", &etag)], None).await;
    eventually("the withdrawal", PUBLISHED_WITHIN, || async {
        let reply = shopper.put(&item, json!({ "quantity": 1 })).await;
        (reply.status == 409).then(|| reply.expect_problem(409, "not-for-sale"))
    })
    .await;
    let withdrawn = json!({ "lines": [{ "sku": sku, "quantity": 1 }] });
    shopper.post("/checkouts", withdrawn).await.expect_problem(409, "not-for-sale");
    shopper.delete(&item).await.expect(200);
}
