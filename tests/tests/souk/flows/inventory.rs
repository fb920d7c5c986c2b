use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Api, Reply, Rows, Shelf, eventually, fresh, stack};

async fn operator() -> Api {
    stack().sign_in("operator").await
}

async fn count(operator: &Api, path: &str, etag: &str, quantity: i64) -> Reply {
    operator.send(Method::PUT, path, &[("if-match", etag)], Some(json!({ "quantity": quantity }))).await
}

#[tokio::test]
async fn a_warehouse_begins_to_hold_a_sku_and_is_counted_by_whoever_has_seen_it() {
    let operator = operator().await;
    let sku = fresh("sku");
    let (all, path) = (format!("/admin/inventory/{sku}"), format!("/admin/inventory/{sku}/w1"));
    operator.get(&all).await.expect_problem(404, "not-found");
    count(&operator, &path, "\"1\"", 5).await.expect_problem(412, "stale-version");
    let created = operator.put(&path, json!({ "quantity": 5 })).await.expect(201);
    let row = json!({
        "sku": sku, "warehouse_id": "w1", "quantity": 5, "reserved_quantity": 0, "available": 5, "counted": 1, "version": 1,
    });
    assert_eq!((created.header("etag"), &created.body), ("\"1\"", &row));
    for quantity in [5, 6] {
        let blind = operator.put(&path, json!({ "quantity": quantity })).await;
        blind.expect_problem(428, "if-match-required");
    }
    count(&operator, &path, "\"9\"", 6).await.expect_problem(412, "stale-version");
    assert_eq!(count(&operator, &path, "\"1\"", 6).await.expect(200).header("etag"), "\"2\"");
    operator.put(&format!("{all}/w2"), json!({ "quantity": 0 })).await.expect(201);
    let placed = json!({ "quantity": 6, "place": "A-12-3" });
    let placed = operator.send(Method::PUT, &path, &[("if-match", "\"2\"")], Some(placed)).await.expect(200);
    assert_eq!((placed.header("etag"), placed.text("place")), ("\"3\"", "A-12-3"));
    let rows = operator.get(&all).await.expect(200).body["rows"].clone();
    assert_eq!(rows.as_array().unwrap().len(), 2);
    assert_eq!((&rows[0]["quantity"], &rows[1]["warehouse_id"]), (&json!(6), &json!("w2")));
}

#[tokio::test]
async fn whoever_counts_what_sells_all_the_time_says_what_they_had_seen() {
    let (operator, shopper) = (operator().await, stack().sign_in("shopper").await);
    let shelf = Shelf::stocked(&operator, 100, 9).await;
    let path = format!("/admin/inventory/{}/w1", shelf.sku);
    let seen = json!({ "quantity": 9, "counted": 1 });
    shopper.check_out(&shelf.sku, 2).await.expect(201);
    count(&operator, &path, "\"1\"", 8).await.expect_problem(412, "stale-version");
    let counted = operator.put(&path, json!({ "quantity": 8, "seen": seen })).await.expect(200);
    assert_eq!((&counted.body["quantity"], &counted.body["available"]), (&json!(8), &json!(6)));
    let again = operator.put(&path, json!({ "quantity": 8, "seen": seen })).await;
    again.expect_problem(412, "stale-version");
    let both = json!({ "quantity": 7, "seen": { "quantity": 8, "counted": 2 } });
    let both = operator.send(Method::PUT, &path, &[("if-match", "\"2\"")], Some(both)).await;
    both.expect_problem(412, "stale-version");
    let absurd = json!({ "quantity": 8, "seen": { "quantity": 1_000_000_001, "counted": 2 } });
    operator.put(&path, absurd).await.expect_problem(400, "invalid-request").about_field("seen.quantity");
    let row = json!({ "sku": shelf.sku, "warehouse_id": "w1", "quantity": 7, "seen": { "quantity": 8, "counted": 2 } });
    assert_eq!(Rows::put(&operator, "inventory", &[row]).await.outcomes(), ["changed 4"]);
    assert_eq!(shelf.numbers().await, (7, 2, 5));
}

#[tokio::test]
async fn many_counts_are_taken_at_once_and_each_is_judged_by_itself() {
    let (operator, shopper) = (operator().await, stack().sign_in("shopper").await);
    let (shelf, sku) = (Shelf::stocked(&operator, 100, 5).await, fresh("sku"));
    shopper.check_out(&shelf.sku, 3).await.expect(201);
    let row = |sku: &str, warehouse: &str, quantity: i64, seen: Option<u64>| json!({ "sku": sku, "warehouse_id": warehouse, "quantity": quantity, "if_match": seen });
    let first = [row(&sku, "w1", 5, None), row(&sku, "w2", 0, None), row(&sku, "w3", 1_000_000_001, None)];
    let rows = Rows::put(&operator, "inventory", &first).await;
    assert_eq!(rows.outcomes(), ["created 1", "created 1", "400 invalid-request"]);
    assert_eq!(rows.field(2), "quantity");
    let again = [
        // A count says what was seen: an equal one without a version may stand for any number of movements.
        row(&sku, "w1", 5, None),
        row(&sku, "w2", 4, Some(1)),
        row(&sku, "w2", 4, Some(1)),
        row(&shelf.sku, "w1", 2, Some(2)),
        row(&shelf.sku, "w1x", 2, Some(2)),
    ];
    let rows = Rows::put(&operator, "inventory", &again).await;
    let told = ["428 if-match-required", "changed 2", "422 unprocessable", "409 below-reserved", "412 stale-version"];
    assert_eq!(rows.outcomes(), told);
    assert_eq!((&rows.problem(0)["present_version"], rows.field(2)), (&json!(1), "warehouse_id"));
    assert_eq!(rows.problem(3)["present"]["reserved_quantity"], 3);
    assert_eq!(shelf.numbers().await, (5, 3, 2));
}

#[tokio::test]
async fn what_is_reserved_cannot_be_counted_or_adjusted_away() {
    let (operator, shopper) = (operator().await, stack().sign_in("shopper").await);
    let shelf = Shelf::stocked(&operator, 100, 5).await;
    let checkout = shopper.check_out(&shelf.sku, 3).await.expect(201);
    let path = format!("/admin/inventory/{}/w1", shelf.sku);
    let refused = count(&operator, &path, "\"2\"", 2).await.expect_problem(409, "below-reserved");
    assert_eq!(refused.body["present"]["reserved_quantity"], 3);
    let adjustments = format!("{path}/adjustments");
    let refused = operator.post(&adjustments, json!({ "delta": -3, "reason": "stolen" })).await;
    let refused = refused.expect_problem(409, "below-reserved");
    assert_eq!(refused.body["present"]["available"], 2);
    assert_eq!(shelf.numbers().await, (5, 3, 2));
    shopper.delete(&format!("/checkouts/{}", checkout.text("checkout_id"))).await.expect(204);
}

#[tokio::test]
async fn an_adjustment_adds_and_with_a_key_it_adds_once() {
    let operator = operator().await;
    let shelf = Shelf::stocked(&operator, 100, 5).await;
    let path = format!("/admin/inventory/{}/w1/adjustments", shelf.sku);
    let found = json!({ "delta": 2, "reason": "found" });
    let adjusted = operator.post(&path, found.clone()).await.expect(200);
    assert_eq!((adjusted.header("etag"), &adjusted.body["quantity"]), ("\"2\"", &json!(7)));
    let key = fresh("key");
    let with_key =
        async |body: Value| operator.send(Method::POST, &path, &[("idempotency-key", &key)], Some(body)).await;
    let first = with_key(found.clone()).await.expect(200);
    assert_eq!(with_key(found).await.expect(200).body, first.body);
    let other = with_key(json!({ "delta": 3, "reason": "found" })).await;
    other.expect_problem(422, "idempotency-key-reused").about_field("Idempotency-Key");
    assert_eq!(shelf.numbers().await, (9, 0, 9));
    let nowhere = format!("/admin/inventory/{}/elsewhere/adjustments", shelf.sku);
    operator.post(&nowhere, json!({ "delta": 1, "reason": "found" })).await.expect_problem(404, "not-found");
}

#[tokio::test]
async fn the_ledger_tells_every_movement() {
    let (operator, shopper) = (operator().await, stack().sign_in("shopper").await);
    let shelf = Shelf::stocked(&operator, 100, 5).await;
    let checkout = shopper.check_out(&shelf.sku, 2).await.expect(201);
    shopper.delete(&format!("/checkouts/{}", checkout.text("checkout_id"))).await.expect(204);
    let path = format!("/admin/inventory/{}/w1", shelf.sku);
    operator.post(&format!("{path}/adjustments"), json!({ "delta": -1, "reason": "broken" })).await.expect(200);
    let ledger = format!("{path}/ledger");
    let entries = eventually("four movements", Duration::from_secs(30), || async {
        let entries = operator.get(&ledger).await.expect(200).body["entries"].as_array().unwrap().clone();
        (entries.len() == 4).then_some(entries)
    })
    .await;
    let kinds: Vec<_> = entries.iter().map(|entry| entry["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["ADJUSTED", "RELEASED", "RESERVED", "SET"], "newest first");
    assert_eq!((&entries[0]["reason"], &entries[0]["quantity"]), (&json!("broken"), &json!(4)));
    let sum: i64 = entries.iter().map(|entry| entry["quantity_delta"].as_i64().unwrap()).sum();
    assert_eq!(sum, 4);

    let page = operator.get(&format!("{ledger}?limit=3")).await.expect(200);
    let next = operator.get(&format!("{ledger}?limit=3&cursor={}", page.text("cursor"))).await.expect(200);
    assert_eq!(next.body["entries"], json!([entries[3]]));
    operator.get(&format!("{ledger}?limit=0")).await.expect_problem(400, "invalid-request").about_field("limit");
    operator.get(&format!("{ledger}?cursor=x")).await.expect_problem(400, "invalid-request").about_field("cursor");
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_with_its_field() {
    let operator = operator().await;
    let path = format!("/admin/inventory/{}/w1", fresh("sku"));
    for (body, field) in [
        (json!({ "quantity": -1 }), "quantity"),
        (json!({ "quantity": 1.5 }), "quantity"),
        (json!({ "quantity": 1_000_000_001 }), "quantity"),
        (json!({ "quantity": 1, "available": 1 }), "available"),
        (json!({ "quantity": 1, "place": "" }), "place"),
        (json!({ "quantity": 1, "place": "x".repeat(33) }), "place"),
    ] {
        operator.put(&path, body).await.expect_problem(400, "invalid-request").about_field(field);
    }
    let adjustments = format!("{path}/adjustments");
    for (body, field) in [
        (json!({ "delta": 0, "reason": "none" }), "delta"),
        (json!({ "delta": 1, "reason": "" }), "reason"),
        (json!({ "delta": 1, "reason": "x".repeat(201) }), "reason"),
    ] {
        operator.post(&adjustments, body).await.expect_problem(400, "invalid-request").about_field(field);
    }
    let bad = operator.put("/admin/inventory/sku/-w", json!({ "quantity": 1 })).await;
    bad.expect_problem(400, "invalid-request").about_field("warehouse_id");
}

#[tokio::test]
async fn stock_is_the_operators() {
    let path = format!("/admin/inventory/{}", fresh("sku"));
    let row = format!("{path}/w1");
    let (count, adjustment) = (json!({ "quantity": 1 }), json!({ "delta": 1, "reason": "mine" }));
    for name in ["shopper", "warehouse"] {
        let user = stack().sign_in(name).await;
        user.get(&path).await.expect_problem(403, "forbidden");
        user.put(&row, count.clone()).await.expect_problem(403, "forbidden");
        user.post(&format!("{row}/adjustments"), adjustment.clone()).await.expect_problem(403, "forbidden");
        user.get(&format!("{row}/ledger")).await.expect_problem(403, "forbidden");
    }
    let guest = stack().guest();
    guest.get(&path).await.expect(401);
    guest.put(&row, count).await.expect(401);
    guest.post(&format!("{row}/adjustments"), adjustment).await.expect(401);
    guest.get(&format!("{row}/ledger")).await.expect(401);
}
