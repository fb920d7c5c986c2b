//! Operators find orders, read what happened to them, and write notes.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Api, Shelf, eventually, fresh, stack};

/// Indexes and the pool's search follow within seconds.
const INDEXED: Duration = Duration::from_secs(20);

fn ids(page: &Value) -> Vec<&str> {
    page["orders"].as_array().unwrap().iter().map(|order| order["order_id"].as_str().unwrap()).collect()
}

/// The row of this order, once a list shows it.
async fn row(operator: &Api, query: &str, order_id: &str) -> Value {
    eventually(&format!("{order_id} among {query}"), INDEXED, || async {
        let page = operator.get(&format!("/admin/orders?{query}")).await.expect(200).body;
        page["orders"].as_array().unwrap().iter().find(|order| order["order_id"] == order_id).cloned()
    })
    .await
}

async fn confirmed(operator: &Api, shopper: &Api) -> String {
    let shelf = Shelf::stocked(operator, 1500, 3).await;
    let placed = shopper.buy(&shelf.sku, 1, "pm_card_visa").await;
    let order_id = placed["order_id"].as_str().unwrap().to_owned();
    shopper.order_in(&order_id, "CONFIRMED").await;
    operator.settled(&order_id).await;
    order_id
}

#[tokio::test]
async fn operators_list_orders_by_status_and_date() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let order_id = confirmed(&operator, &shopper).await;
    let placed = shopper.get(&format!("/orders/{order_id}")).await.expect(200).body;
    let placed_at = placed["created_at"].as_str().unwrap();
    let window = format!("placed_from={placed_at}&placed_to={placed_at}");
    let found = row(&operator, &format!("status=CONFIRMED&{window}"), &order_id).await;
    assert_eq!((&found["total"], &found["placed_at"]), (&placed["total"], &placed["created_at"]));
    assert_eq!((&found["status"], &found["needs"]), (&json!("CONFIRMED"), &json!([])));
    assert!(found["user_id"].is_string() && found["shipping_address"].is_null(), "{found}");
    assert_eq!(row(&operator, &window, &order_id).await, found);

    operator.post(&format!("/admin/orders/{order_id}/cancel"), json!({})).await.expect(200);
    row(&operator, &format!("status=CANCELLED&{window}"), &order_id).await;
    let gone = format!("/admin/orders?status=CONFIRMED&{window}");
    assert!(!ids(&operator.get(&gone).await.expect(200).body).contains(&order_id.as_str()));
}

#[tokio::test]
async fn a_list_goes_on_where_its_page_ended_and_a_cursor_is_good_for_its_own_list() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    for _ in 0..3 {
        let order_id = confirmed(&operator, &shopper).await;
        row(&operator, "limit=100", &order_id).await;
    }
    let first = operator.get("/admin/orders?limit=2").await.expect(200).body;
    let cursor = first["cursor"].as_str().expect("there are three at least");
    let second = operator.get(&format!("/admin/orders?limit=2&cursor={cursor}")).await.expect(200).body;
    assert!(ids(&second).iter().all(|order_id| !ids(&first).contains(order_id)), "{first} {second}");
    let elsewhere = operator.get(&format!("/admin/orders?status=SHIPPED&cursor={cursor}")).await;
    elsewhere.expect_problem(400, "invalid-request").about_field("cursor");
}

/// What does appear there, and when, the store tests show: they have a clock of their own.
#[tokio::test]
async fn an_order_that_was_confirmed_a_moment_ago_needs_no_hand() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let order_id = confirmed(&operator, &shopper).await;
    for need in ["late", "refused", "ageing", "refund_failed", "disputed"] {
        let page = operator.get(&format!("/admin/orders?needs={need}&limit=100")).await.expect(200).body;
        assert!(!ids(&page).contains(&order_id.as_str()), "{need}");
    }
}

#[tokio::test]
async fn a_shopper_is_found_by_their_address_and_the_address_is_in_no_url() {
    let operator = stack().sign_in("operator").await;
    let person = stack().person(&[]).await;
    let shopper = stack().guest().with_token(&person.sign_in(stack()).await.access);
    let order_id = confirmed(&operator, &shopper).await;
    let search = |body: Value| operator.post("/admin/order-searches", body);
    let found = eventually("the shopper's orders", INDEXED, || async {
        let page = search(json!({ "email": person.name })).await.expect(200).body;
        (!ids(&page).is_empty()).then_some(page)
    })
    .await;
    assert_eq!(ids(&found), [order_id.as_str()]);
    let user_id = found["orders"][0]["user_id"].as_str().unwrap();
    assert_eq!(search(json!({ "user_id": user_id })).await.expect(200).body, found);
    let nobody = format!("{}@souk.test", fresh("nobody"));
    for email in [nobody.as_str(), "a\" or email ^= \"@souk.test", "\\@\""] {
        assert_eq!(search(json!({ "email": email })).await.expect(200).body, json!({ "orders": [] }), "{email}");
    }
    for (body, field) in [
        (json!({}), "email"),
        (json!({ "email": "ada" }), "email"),
        (json!({ "email": "a@b", "user_id": "u" }), "user_id"),
        (json!({ "email": "a@b", "limit": 0 }), "limit"),
        (json!({ "email": "a@b", "cursor": "x" }), "cursor"),
    ] {
        search(body).await.expect_problem(400, "invalid-request").about_field(field);
    }
}

#[tokio::test]
async fn a_timeline_tells_what_happened_by_whom_oldest_first() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let warehouse = stack().sign_in("warehouse").await;
    let order_id = confirmed(&operator, &shopper).await;
    let admin = format!("/admin/orders/{order_id}");
    let text = "Rang the shopper.\nThey are at home on Friday.";
    let note = operator.post(&format!("{admin}/notes"), json!({ "text": format!(" {text}\r\n") })).await.expect(201);
    assert_eq!(note.text("text"), text);
    warehouse.post(&format!("{admin}/notes"), json!({ "text": "On shelf 7." })).await.expect(201);
    warehouse
        .post(&format!("{admin}/ship"), json!({ "carrier": "Speedy", "tracking_number": "SP-1" }))
        .await
        .expect(200);

    let entries = operator.get(&format!("{admin}/timeline")).await.expect(200).body["entries"].clone();
    let entries = entries.as_array().unwrap();
    assert!(entries.is_sorted_by_key(|entry| entry["at"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap()));
    let of = |kind: &str| entries.iter().filter(|entry| entry["what"]["kind"] == kind).collect::<Vec<_>>();
    let statuses: Vec<_> = of("status").iter().map(|entry| (&entry["what"]["status"], &entry["by"])).collect();
    let expected = json!([["PENDING_PAYMENT", "customer"], ["CONFIRMED", "saga"], ["SHIPPED", "warehouse"]]);
    assert_eq!(json!(statuses), expected);
    assert_eq!(of("payment_changed")[0]["what"]["status"], "CAPTURED");
    let notes = of("note");
    assert_eq!((notes.len(), &notes[0]["what"]["text"]), (2, &json!(text)));
    assert_eq!(notes[0]["user_id"], note.body["author"]);
    let story = shopper.get(&format!("/orders/{order_id}")).await.expect(200).body;
    assert!(!story.to_string().contains("Friday"), "never to the shopper");
}

#[tokio::test]
async fn a_note_with_a_key_is_written_once() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let order_id = confirmed(&operator, &shopper).await;
    let (path, key) = (format!("/admin/orders/{order_id}/notes"), fresh("key"));
    let write = |text: &str| {
        let (operator, path, key, text) = (operator.clone(), path.clone(), key.clone(), text.to_owned());
        async move { operator.send(Method::POST, &path, &[("idempotency-key", &key)], Some(json!({ "text": text }))).await }
    };
    let first = write("Once.").await.expect(201).body;
    assert_eq!(write("Once.").await.expect(201).body, first);
    write("Twice.").await.expect_problem(422, "idempotency-key-reused").about_field("Idempotency-Key");
    for text in ["", " \n ", "\u{200B}", "a\u{0}", "\u{202E}b", &"x".repeat(2001)] {
        let refused = operator.post(&path, json!({ "text": text })).await;
        refused.expect_problem(400, "invalid-request").about_field("text");
    }
    operator.post(&path, json!({ "text": "x".repeat(2000) })).await.expect(201);
    let entries = operator.get(&format!("/admin/orders/{order_id}/timeline")).await.expect(200).body;
    let notes = entries["entries"].as_array().unwrap().iter().filter(|entry| entry["what"]["kind"] == "note");
    assert_eq!(notes.count(), 2);
}

#[tokio::test]
async fn only_staff_find_orders_and_the_warehouse_lists_and_searches_none() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let warehouse = stack().sign_in("warehouse").await;
    let nobody = format!("/admin/orders/ord_{}", "0".repeat(32));
    let timeline = format!("{nobody}/timeline");
    for client in [&shopper, &warehouse] {
        client.get("/admin/orders").await.expect_problem(403, "forbidden");
        client.get(&timeline).await.expect_problem(403, "forbidden");
        client.post("/admin/order-searches", json!({ "email": "a@b" })).await.expect_problem(403, "forbidden");
    }
    let note = json!({ "text": "x" });
    shopper.post(&format!("{nobody}/notes"), note.clone()).await.expect_problem(403, "forbidden");
    warehouse.post(&format!("{nobody}/notes"), note.clone()).await.expect_problem(404, "not-found");
    operator.post(&format!("{nobody}/notes"), note).await.expect_problem(404, "not-found");
    operator.get(&timeline).await.expect_problem(404, "not-found");
    for (query, field) in [
        ("status=SENT", "status"),
        ("placed_from=yesterday", "placed_from"),
        ("placed_to=1", "placed_to"),
        ("needs=help", "needs"),
        ("needs=late&status=CONFIRMED", "status"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("cursor=x", "cursor"),
        ("email=a@b", "email"),
    ] {
        let refused = operator.get(&format!("/admin/orders?{query}")).await;
        refused.expect_problem(400, "invalid-request").about_field(field);
    }
}
