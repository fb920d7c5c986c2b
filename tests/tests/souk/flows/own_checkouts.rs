//! Shoppers never compete with themselves: who asks again finds, replaces or takes over what they hold.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Api, Reply, Shelf, eventually, fresh, stack};

/// Longer than an index is behind its table.
const LISTED_WITHIN: Duration = Duration::from_secs(20);
/// Of a checkout's time, what is left for a last-minute order.
const LAST_MINUTE: Duration = Duration::from_secs(8);

/// A shelf, and somebody whom no other test knows.
async fn shelf_and_shopper(units: u32) -> (Shelf, Api) {
    let operator = stack().sign_in("operator").await;
    let shopper = stack().person(&[]).await.sign_in(stack()).await.access;
    (Shelf::stocked(&operator, 100, units).await, Api::new(&stack().api_url, Some(shopper)))
}

async fn put(shopper: &Api, sku: &str, quantity: u32) {
    shopper.put(&format!("/cart/items/{sku}"), json!({ "quantity": quantity })).await.expect(200);
}

/// Waits until these, and no others, are the shopper's open checkouts.
async fn are_open(shopper: &Api, wanted: &[&str]) {
    eventually(&format!("{wanted:?} are open"), LISTED_WITHIN, || async {
        let listed = shopper.get("/checkouts").await.expect(200).body;
        let ids: Vec<_> =
            listed["checkouts"].as_array().unwrap().iter().map(|it| it["checkout_id"].as_str().unwrap()).collect();
        (ids == wanted).then_some(())
    })
    .await;
}

/// Waits until the cart names this checkout, or none.
async fn is_of_cart(shopper: &Api, wanted: Option<&str>) {
    eventually(&format!("the cart names {wanted:?}"), LISTED_WITHIN, || async {
        let cart = shopper.get("/cart").await.expect(200).body;
        (cart.get("checkout_id").and_then(Value::as_str) == wanted).then_some(())
    })
    .await;
}

#[tokio::test]
async fn the_same_request_is_the_same_checkout() {
    let (shelf, shopper) = shelf_and_shopper(3).await;
    let key = fresh("key");
    let ask = async |key: &str, quantity: u32| -> Reply {
        let body = json!({ "lines": [{ "sku": shelf.sku, "quantity": quantity }] });
        shopper.send(Method::POST, "/checkouts", &[("idempotency-key", key)], Some(body)).await
    };
    let (one, again) = (ask(&key, 2).await.expect(201), ask(&key, 2).await.expect(201));
    for field in ["checkout_id", "expires_at", "total"] {
        assert_eq!(one.body[field], again.body[field]);
    }
    assert_eq!(shelf.numbers().await, (3, 2, 1), "held once");
    ask(&key, 1).await.expect_problem(422, "idempotency-key-reused").about_field("Idempotency-Key");
    let other = ask(&fresh("key"), 1).await.expect(201);
    assert_ne!(other.body["checkout_id"], one.body["checkout_id"]);
    are_open(&shopper, &[one.text("checkout_id"), other.text("checkout_id")]).await;

    shopper.delete(&format!("/checkouts/{}", other.text("checkout_id"))).await.expect(204);
    shopper.order(&fresh("key"), one.text("checkout_id"), "pm_card_visa").await.expect(201);
    ask(&key, 2).await.expect_problem(409, "checkout-consumed");
    are_open(&shopper, &[]).await;
}

#[tokio::test]
async fn a_key_whose_checkout_was_given_up_makes_no_other() {
    let (shelf, shopper) = shelf_and_shopper(1).await;
    let key = fresh("key");
    let body = json!({ "lines": [{ "sku": shelf.sku, "quantity": 1 }] });
    let ask = async || shopper.send(Method::POST, "/checkouts", &[("idempotency-key", &key)], Some(body.clone())).await;
    let made = ask().await.expect(201);
    shopper.delete(&format!("/checkouts/{}", made.text("checkout_id"))).await.expect(204);
    ask().await.expect_problem(409, "checkout-expired");
    assert_eq!(shelf.numbers().await, (1, 0, 1));
}

#[tokio::test]
async fn a_cart_has_one_checkout_and_its_next_version_replaces_it() {
    let (shelf, shopper) = shelf_and_shopper(3).await;
    put(&shopper, &shelf.sku, 2).await;
    let check_out = async || shopper.post("/checkouts", json!({})).await.expect(201);
    let (first, again) = (check_out().await, check_out().await);
    assert_eq!(first.text("checkout_id"), again.text("checkout_id"));
    assert_eq!(shelf.numbers().await, (3, 2, 1));
    is_of_cart(&shopper, Some(first.text("checkout_id"))).await;

    put(&shopper, &shelf.sku, 3).await;
    is_of_cart(&shopper, None).await;
    let next = check_out().await;
    assert_ne!(next.text("checkout_id"), first.text("checkout_id"));
    assert_eq!(shelf.numbers().await, (3, 3, 0), "with what the first one held");
    are_open(&shopper, &[next.text("checkout_id")]).await;
    is_of_cart(&shopper, Some(next.text("checkout_id"))).await;
    shopper.get(&format!("/checkouts/{}", first.text("checkout_id"))).await.expect_problem(404, "not-found");
    let late = shopper.order(&fresh("key"), first.text("checkout_id"), "pm_card_visa").await;
    late.expect_problem(409, "checkout-expired");

    let placed = shopper.order(&fresh("key"), next.text("checkout_id"), "pm_card_visa").await.expect(201);
    shopper.order_in(placed.text("order_id"), "CONFIRMED").await;
    is_of_cart(&shopper, None).await;
    assert_eq!(shelf.numbers().await, (0, 0, 0));
}

#[tokio::test]
async fn after_a_new_price_the_cart_is_checked_out_anew_with_its_own_units() {
    let (shelf, shopper) = shelf_and_shopper(1).await;
    put(&shopper, &shelf.sku, 1).await;
    let old = shopper.post("/checkouts", json!({})).await.expect(201);
    let operator = stack().sign_in("operator").await;
    let dearer = json!({ "price": { "amount": 120, "currency": "USD" } });
    let path = format!("/admin/prices/{}", shelf.sku);
    operator.send(Method::PUT, &path, &[("if-match", "\"1\"")], Some(dearer)).await.expect(200);
    let refused = shopper.order(&fresh("key"), old.text("checkout_id"), "pm_card_visa").await;
    refused.expect_problem(409, "price-changed");

    let new = shopper.post("/checkouts", json!({})).await.expect(201);
    assert_eq!((&new.body["total"]["amount"], &new.body["changes"][0]["from"]["amount"]), (&json!(120), &json!(100)));
    assert_ne!(new.text("checkout_id"), old.text("checkout_id"));
    assert_eq!(shelf.numbers().await, (1, 1, 0), "the only unit went from the one to the other");
    shopper.order(&fresh("key"), new.text("checkout_id"), "pm_card_visa").await.expect(201);
}

/// A second tab: nobody hears "sold out" because of their own hold.
#[tokio::test]
async fn whoever_asks_again_takes_over_their_own_units() {
    let (shelf, shopper) = shelf_and_shopper(2).await;
    let first = shopper.check_out(&shelf.sku, 2).await.expect(201);
    let second = shopper.check_out(&shelf.sku, 1).await.expect(201);
    assert_ne!(second.text("checkout_id"), first.text("checkout_id"));
    assert_eq!(shelf.numbers().await, (2, 1, 1), "what it does not need is for sale");
    are_open(&shopper, &[second.text("checkout_id")]).await;
    let late = shopper.order(&fresh("key"), first.text("checkout_id"), "pm_card_visa").await;
    late.expect_problem(409, "checkout-expired");
    let more = shopper.check_out(&shelf.sku, 3).await.expect_problem(409, "out-of-stock");
    assert_eq!((&more.body["requested"], &more.body["available"]), (&json!(3), &json!(2)), "with their own");
    are_open(&shopper, &[second.text("checkout_id")]).await;
    shopper.order(&fresh("key"), second.text("checkout_id"), "pm_card_visa").await.expect(201);
}

#[tokio::test]
async fn a_shoppers_open_checkouts_are_listed_and_nobody_elses() {
    let (shelf, shopper) = shelf_and_shopper(3).await;
    let one = shopper.check_out(&shelf.sku, 1).await.expect(201);
    let two = shopper.check_out(&shelf.sku, 1).await.expect(201);
    let (one, two) = (one.text("checkout_id"), two.text("checkout_id"));
    are_open(&shopper, &[one, two]).await;
    let others = stack().sign_in("shopper2").await.get("/checkouts").await.expect(200).body.to_string();
    assert!(!others.contains(one) && !others.contains(two), "{others}");
    shopper.delete(&format!("/checkouts/{one}")).await.expect(204);
    are_open(&shopper, &[two]).await;
    stack().guest().get("/checkouts").await.expect(401);
}

/// What was answered with 201 does not die because its checkout's time ran out a second later.
#[tokio::test]
async fn an_order_of_the_last_minute_keeps_its_units() {
    let (shelf, shopper) = shelf_and_shopper(1).await;
    let made = shopper.check_out(&shelf.sku, 1).await.expect(201);
    let expires_at: Timestamp = made.text("expires_at").parse().unwrap();
    let comes = async |what: &str, moment: Timestamp| {
        let left = Duration::try_from(moment.duration_since(Timestamp::now())).unwrap_or_default();
        eventually(what, left + LAST_MINUTE, || async { (Timestamp::now() >= moment).then_some(()) }).await;
    };
    comes("the last minute", expires_at - LAST_MINUTE).await;
    let placed = shopper.order(&fresh("key"), made.text("checkout_id"), "pm_card_authenticationRequired").await;
    let order_id = placed.expect(201).text("order_id").to_owned();
    let intent = eventually("the shopper must act", LISTED_WITHIN, || async {
        let intents = stack().intents(&order_id).await;
        intents.iter().find(|it| it["status"] == "requires_action").map(|it| it["id"].as_str().unwrap().to_owned())
    })
    .await;
    comes("the checkout's end", expires_at + Duration::from_secs(2)).await;
    assert_eq!(shelf.numbers().await, (1, 1, 0), "they are the order's");
    let other = stack().sign_in("shopper2").await;
    other.check_out(&shelf.sku, 1).await.expect_problem(409, "out-of-stock");
    stack().authenticate(&intent, "succeed").await;
    shopper.order_in(&order_id, "CONFIRMED").await;
}
