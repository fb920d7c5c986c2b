use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;

use crate::support::{Effects, Shelf, address, eventually, fresh, order_of, stack};

#[tokio::test]
async fn a_shopper_buys() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let shelf = Shelf::stocked(&operator, 2550, 7).await;
    let placed = shopper.buy(&shelf.sku, 2, "pm_card_visa").await;
    assert_eq!(placed["total"], json!({ "amount": 5100, "currency": "USD" }));
    let order_id = placed["order_id"].as_str().unwrap();

    let order = shopper.order_in(order_id, "CONFIRMED").await;
    assert_eq!(order["payment"]["status"], "AUTHORIZED");
    let story = operator.settled(order_id).await;
    assert_eq!(shelf.numbers().await, (5, 0, 5));
    assert!(story["reservation"].is_null(), "rows of stock held the units: {story}");
    assert_eq!(story["sold"], json!([{ "sku": shelf.sku, "warehouse_id": "w1", "quantity": 2 }]));
    let ledger = format!("/admin/inventory/{}/w1/ledger", shelf.sku);
    let kinds = eventually("the ledger tells of it", Duration::from_secs(30), || async {
        let entries = operator.get(&ledger).await.expect(200).body["entries"].as_array().unwrap().clone();
        let kinds: Vec<_> = entries.iter().map(|entry| entry["kind"].as_str().unwrap().to_owned()).collect();
        (kinds.len() == 3).then_some(kinds)
    })
    .await;
    assert_eq!(kinds, ["COMMITTED", "RESERVED", "SET"], "newest first");
    let statuses: Vec<_> = story["history"].as_array().unwrap().iter().map(|entry| &entry["status"]).collect();
    assert_eq!(statuses, ["PENDING_PAYMENT", "CONFIRMED"]);
    assert_eq!(
        stack().effects(order_id).await,
        Effects { authorizations: 1, captures: 0, voids: 0, refunds: 0 },
        "authorised at the order, captured only at shipment"
    );
}

#[tokio::test]
async fn invariant_i4_twenty_equal_requests_at_once_make_one_order_and_one_authorisation() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let shelf = Shelf::stocked(&operator, 1000, 5).await;
    let checkout = shopper.check_out(&shelf.sku, 1).await.expect(201);
    let (key, checkout_id) = (fresh("key"), checkout.text("checkout_id"));
    let replies = join_all((0..20).map(|_| shopper.order(&key, checkout_id, "pm_card_visa"))).await;

    let created = replies.iter().filter(|reply| reply.status == 201).count();
    assert_eq!(created, 1, "{:?}", replies.iter().map(|reply| reply.status).collect::<Vec<_>>());
    assert!(replies.iter().all(|reply| matches!(reply.status, 200 | 201)));
    let order_id = replies[0].text("order_id");
    for reply in &replies {
        for field in ["order_id", "lines", "total", "created_at"] {
            assert_eq!(reply.body[field], replies[0].body[field], "all answers are the same order");
        }
    }
    shopper.order_in(order_id, "CONFIRMED").await;
    operator.settled(order_id).await;
    assert_eq!(stack().effects(order_id).await.authorizations, 1);
    assert_eq!(shelf.numbers().await, (4, 0, 4));
}

/// Whoever names no other card in time has no order, and nothing is left of it.
#[tokio::test]
async fn a_declined_card_ends_cancelled_with_no_authorisation_and_the_stock_back() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let ends = async |card: &str| {
        let shelf = Shelf::stocked(&operator, 1000, 3).await;
        let placed = shopper.buy(&shelf.sku, 3, card).await;
        let order_id = placed["order_id"].as_str().unwrap();
        shopper.declined(order_id).await;
        assert_eq!(shelf.numbers().await, (3, 3, 0), "{card}: its units are held until its time to pay is over");
        let order = shopper.lapsed(order_id).await;
        assert_eq!(order["failure"]["reason"], "payment_declined", "{card}");
        let story = operator.settled(order_id).await;
        assert_eq!(story["payment"]["status"], "VOIDED", "{card}: its intent could still be paid");
        assert_eq!(stack().effects(order_id).await.authorizations, 0, "{card}");
        assert_eq!(shelf.numbers().await, (3, 0, 3), "{card}");
        shopper.pay(&fresh("key"), order_id, "pm_card_visa").await.expect_problem(409, "payment-not-awaited");
    };
    let cards = ["pm_card_chargeDeclined", "pm_card_chargeDeclinedInsufficientFunds", "pm_no_such_card"];
    join_all(cards.map(ends)).await;
}

/// The same order, the same units, the same intent at the gateway.
#[tokio::test]
async fn another_card_pays_the_order_whose_card_was_declined() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let shelf = Shelf::stocked(&operator, 1000, 2).await;
    let placed = shopper.buy(&shelf.sku, 2, "pm_card_chargeDeclined").await;
    let order_id = placed["order_id"].as_str().unwrap();
    shopper.declined(order_id).await;
    let other = stack().sign_in("shopper2").await;
    other.check_out(&shelf.sku, 1).await.expect_problem(409, "out-of-stock");
    other.pay("k", order_id, "pm_card_visa").await.expect_problem(404, "not-found");

    let key = fresh("key");
    let tried = shopper.pay(&key, order_id, "pm_card_visa").await.expect(202);
    assert_eq!(tried.text("order_id"), order_id);
    shopper.pay(&key, order_id, "pm_card_visa").await.expect(202);
    shopper.pay(&key, order_id, "pm_card_mastercard").await.expect_problem(422, "idempotency-key-reused");
    shopper.order_in(order_id, "CONFIRMED").await;
    operator.settled(order_id).await;
    let authorized_once = Effects { authorizations: 1, captures: 0, voids: 0, refunds: 0 };
    assert_eq!((stack().intents(order_id).await.len(), stack().effects(order_id).await), (1, authorized_once));
    assert_eq!(shelf.numbers().await, (0, 0, 0));
}

#[tokio::test]
async fn another_payment_method_is_refused_where_none_is_awaited() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let shelf = Shelf::stocked(&operator, 1000, 2).await;
    for (card, status) in [("pm_card_chargeDeclined", "CANCELLED"), ("pm_card_visa", "CONFIRMED")] {
        let placed = shopper.buy(&shelf.sku, 1, card).await;
        let order_id = placed["order_id"].as_str().unwrap();
        if status == "CANCELLED" {
            shopper.declined(order_id).await;
            shopper.cancel(order_id).await;
        } else {
            shopper.order_in(order_id, status).await;
        }
        let refused = shopper.pay("k", order_id, "pm_card_visa").await.expect_problem(409, "payment-not-awaited");
        assert_eq!(refused.body["order_status"], status);
        let other = stack().sign_in("shopper2").await;
        other.pay("k", order_id, "pm_card_visa").await.expect_problem(404, "not-found");
        let number = shopper.pay("k", order_id, "4242424242424242").await.expect_problem(400, "invalid-request");
        number.about_field("payment_method");
        let path = format!("/orders/{order_id}/payment");
        let body = json!({ "payment_method": "pm_card_visa" });
        shopper.post(&path, body.clone()).await.expect_problem(400, "idempotency-key-required");
        stack().guest().post(&path, body).await.expect(401);
    }
}

/// The checkout names the order, so a key that is used again for it names nothing.
#[tokio::test]
async fn a_checkout_makes_one_order_whatever_keys_are_sent() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let shelf = Shelf::stocked(&operator, 1000, 3).await;
    let checkout = shopper.check_out(&shelf.sku, 1).await.expect(201);
    let (key, checkout_id) = (fresh("key"), checkout.text("checkout_id"));
    let placed = shopper.order(&key, checkout_id, "pm_card_visa").await.expect(201);
    assert_eq!(placed.text("order_id"), order_of(checkout_id));
    let again = shopper.order(&fresh("key"), checkout_id, "pm_card_visa").await.expect(200);
    assert_eq!(again.text("order_id"), placed.text("order_id"), "the same request finds its order");
    for key in [key.clone(), fresh("key")] {
        let otherwise = shopper.order(&key, checkout_id, "pm_card_mastercard").await;
        otherwise.expect_problem(409, "checkout-consumed");
    }
    // Another user's key is another key.
    let other = stack().sign_in("shopper2").await;
    other.order(&key, checkout_id, "pm_card_visa").await.expect_problem(404, "not-found");
    shopper.delete(&format!("/checkouts/{checkout_id}")).await.expect_problem(409, "checkout-consumed");
    // And so is the same key for another checkout.
    let next = shopper.check_out(&shelf.sku, 1).await.expect(201);
    let second = shopper.order(&key, next.text("checkout_id"), "pm_card_visa").await.expect(201);
    assert_ne!(second.text("order_id"), placed.text("order_id"));
}

#[tokio::test]
async fn a_price_that_changed_since_the_checkout_orders_nothing() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let shelf = Shelf::stocked(&operator, 1000, 3).await;
    let checkout = shopper.check_out(&shelf.sku, 1).await.expect(201);
    let dearer = json!({ "price": { "amount": 1200, "currency": "USD" } });
    let path = format!("/admin/prices/{}", shelf.sku);
    operator.send(Method::PUT, &path, &[("if-match", "\"1\"")], Some(dearer)).await.expect(200);
    let key = fresh("key");
    let refused = shopper.order(&key, checkout.text("checkout_id"), "pm_card_visa").await;
    let refused = refused.expect_problem(409, "price-changed");
    assert_eq!(refused.body["changes"][0]["to"]["amount"], 1200);
    let again = shopper.check_out(&shelf.sku, 1).await.expect(201);
    let placed = shopper.order(&key, again.text("checkout_id"), "pm_card_visa").await.expect(201);
    assert_eq!(placed.body["total"]["amount"], 1200);
}

#[tokio::test]
async fn a_customer_cancels_a_confirmed_order_and_all_comes_back() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let shelf = Shelf::stocked(&operator, 1000, 3).await;
    let placed = shopper.buy(&shelf.sku, 2, "pm_card_visa").await;
    let order_id = placed["order_id"].as_str().unwrap();
    shopper.order_in(order_id, "CONFIRMED").await;
    operator.settled(order_id).await;

    let path = format!("/orders/{order_id}/cancel");
    stack().sign_in("shopper2").await.post(&path, json!({})).await.expect_problem(404, "not-found");
    for _ in 0..2 {
        assert_eq!(shopper.post(&path, json!({})).await.expect(200).body["status"], "CANCELLED");
    }
    let story = operator.settled(order_id).await;
    assert_eq!(story["payment"]["status"], "VOIDED");
    assert_eq!(stack().effects(order_id).await, Effects { authorizations: 1, captures: 0, voids: 1, refunds: 0 });
    assert_eq!(shelf.numbers().await, (3, 0, 3));
}

#[tokio::test]
async fn orders_are_listed_newest_first_page_by_page() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper2").await);
    let shelf = Shelf::stocked(&operator, 1000, 10).await;
    let mut placed = Vec::new();
    for _ in 0..3 {
        placed.insert(0, shopper.buy(&shelf.sku, 1, "pm_card_visa").await["order_id"].clone());
    }
    let mut listed = Vec::new();
    let mut path = "/orders?limit=2".to_owned();
    while listed.len() < 3 {
        let page = shopper.get(&path).await.expect(200);
        listed.extend(page.body["orders"].as_array().unwrap().iter().map(|order| order["order_id"].clone()));
        let Some(cursor) = page.body["cursor"].as_str() else { break };
        path = format!("/orders?limit=2&cursor={cursor}");
    }
    assert_eq!(listed[..3], placed);
    for order in &placed {
        let path = format!("/orders/{}", order.as_str().unwrap());
        shopper.get(&path).await.expect(200);
        stack().sign_in("shopper").await.get(&path).await.expect_problem(404, "not-found");
    }
}

#[tokio::test]
async fn a_list_refuses_what_it_cannot_read() {
    let shopper = stack().sign_in("shopper").await;
    for (query, field) in [("limit=0", "limit"), ("limit=x", "limit"), ("cursor=x", "cursor"), ("page=1", "page")] {
        shopper.get(&format!("/orders?{query}")).await.expect_problem(400, "invalid-request").about_field(field);
    }
    stack().guest().get("/orders").await.expect(401);
}

#[tokio::test]
async fn an_order_is_refused_with_the_field_that_is_wrong() {
    let shopper = stack().sign_in("shopper").await;
    let checkout_id = format!("chk_{}", "0".repeat(32));
    let body =
        || json!({ "checkout_id": checkout_id, "payment_method": "pm_card_visa", "shipping_address": address() });
    let send = |body: serde_json::Value, key: Option<&'static str>| {
        let shopper = shopper.clone();
        async move {
            let headers: Vec<_> = key.map(|key| ("idempotency-key", key)).into_iter().collect();
            shopper.send(Method::POST, "/orders", &headers, Some(body)).await
        }
    };
    send(body(), None).await.expect_problem(400, "idempotency-key-required");
    send(body(), Some("k")).await.expect_problem(404, "not-found");
    let mut card_number = body();
    card_number["payment_method"] = json!("4242424242424242");
    let refused = send(card_number, Some("k")).await.expect_problem(400, "invalid-request");
    assert!(!refused.body.to_string().contains("4242424242424242"), "a card number is never repeated");
    let mut nowhere = body();
    nowhere["shipping_address"]["city"] = json!("");
    send(nowhere, Some("k")).await.expect_problem(400, "invalid-request").about_field("shipping_address.city");
    let mut priced = body();
    priced["total"] = json!(1);
    send(priced, Some("k")).await.expect_problem(400, "invalid-request").about_field("total");
}

#[tokio::test]
async fn only_operators_see_an_orders_whole_story() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let nobody = format!("/admin/orders/ord_{}", "0".repeat(32));
    shopper.get(&nobody).await.expect_problem(403, "forbidden");
    operator.get(&nobody).await.expect_problem(404, "not-found");
    shopper.post(&format!("{nobody}/cancel"), json!({})).await.expect_problem(403, "forbidden");
    operator.post(&format!("{nobody}/cancel"), json!({})).await.expect_problem(404, "not-found");
    let shelf = Shelf::stocked(&operator, 1000, 1).await;
    let placed = shopper.buy(&shelf.sku, 1, "pm_card_visa").await;
    let order_id = placed["order_id"].as_str().unwrap();
    shopper.order_in(order_id, "CONFIRMED").await;
    operator.post(&format!("/admin/orders/{order_id}/cancel"), json!({})).await.expect(200);
    operator.settled(order_id).await;
    assert_eq!(shopper.order_in(order_id, "CANCELLED").await["failure"]["reason"], "operator");
    assert_eq!(shelf.numbers().await, (1, 0, 1));
}
