//! Answers that few ever hear, each with the story that leads to it.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    parcels::{ordered, packed},
    refunds::shipped,
};
use crate::support::{Api, Shelf, admin, eventually, fresh, hmac_sha256, stack};

/// A decline, or a product that goes, on a busy machine.
const WITHIN: Duration = Duration::from_secs(60);
/// As many other cards may be named for an order.
const METHODS: usize = 5;
/// A story that has to end before the order's time to pay is over is told again where the machine was too slow.
const TRIES: usize = 3;

fn label() -> Value {
    json!({ "carrier": "Speedy", "tracking_number": fresh("SP") })
}

/// The bank refuses the next request of this kind for the order.
async fn bank_refuses(operation: &str, order_id: &str) {
    stack().fault(json!({ "operation": operation, "fault": "refused", "order_id": order_id, "times": 1 })).await;
}

#[tokio::test]
async fn what_the_bank_will_not_capture_stays_and_leaves_once_it_does() {
    let (shopper, warehouse) = (stack().sign_in("shopper").await, stack().sign_in("warehouse").await);
    let by_warehouse = {
        let order_id = ordered(&shopper).await;
        let path = packed(&warehouse, &order_id, "w1", json!([label()])).await;
        (order_id, format!("{path}/ship"), json!({}))
    };
    let as_a_whole = {
        let order_id = ordered(&shopper).await;
        (order_id.clone(), format!("/admin/orders/{order_id}/ship"), label())
    };
    for (order_id, path, body) in [by_warehouse, as_a_whole] {
        bank_refuses("capture", &order_id).await;
        let refused = warehouse.post(&path, body.clone()).await.expect_problem(409, "capture-refused");
        assert_eq!(refused.body["gateway_code"], "card_declined");
        let order = shopper.get(&format!("/orders/{order_id}")).await.expect(200).body;
        assert_eq!((&order["status"], &order["payment"]["status"]), (&json!("CONFIRMED"), &json!("AUTHORIZED")));
        warehouse.post(&path, body).await.expect(200);
        assert_eq!(stack().effects(&order_id).await.captures, 1);
    }
}

#[tokio::test]
async fn a_warehouse_hears_that_the_money_has_lapsed_and_labels_nothing_more() {
    let (shopper, warehouse) = (stack().sign_in("shopper").await, stack().sign_in("warehouse").await);
    let order_id = ordered(&shopper).await;
    let path = packed(&warehouse, &order_id, "w1", json!([label()])).await;
    warehouse.put(&format!("{path}/parcels/1"), label()).await.expect(200);
    stack().expire_authorization(&order_id).await;
    warehouse.post(&format!("{path}/ship"), json!({})).await.expect_problem(409, "authorization-lapsed");
    let late = warehouse.put(&format!("{path}/parcels/1"), label()).await.expect_problem(409, "illegal-transition");
    assert_eq!(late.body["order_status"], "CANCELLED");
}

#[tokio::test]
async fn a_refund_that_the_bank_refuses_is_refused_and_can_be_tried_again() {
    let (operator, _, order_id) = shipped("pm_card_visa").await;
    let path = format!("/admin/orders/{order_id}/refunds");
    bank_refuses("refund", &order_id).await;
    let key = fresh("key");
    let body = json!({ "reason": "GOODWILL" });
    let refused = operator.send(Method::POST, &path, &[("idempotency-key", &key)], Some(body)).await;
    let refused = refused.expect_problem(409, "refund-refused");
    assert_eq!(refused.body["gateway_code"], "card_declined");
    let last = async || {
        let refunds = operator.get(&path).await.expect(200).body["refunds"].as_array().unwrap().clone();
        refunds.last().unwrap()["refund_id"].as_str().unwrap().to_owned()
    };
    bank_refuses("refund", &order_id).await;
    let retry = async |refund_id: String| operator.post(&format!("{path}/{refund_id}/retry"), json!({})).await;
    retry(last().await).await.expect_problem(409, "refund-refused");
    let made = retry(last().await).await.expect(201);
    assert_eq!(made.body["state"], "SUCCEEDED");
    assert_eq!(stack().effects(&order_id).await.refunds, 1);
}

#[tokio::test]
async fn what_is_withdrawn_between_checkout_and_order_is_not_sold() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    for _ in 0..TRIES {
        let shelf = Shelf::stocked(&operator, 500, 1).await;
        let checkout = shopper.check_out(&shelf.sku, 1).await.expect(201);
        operator.send(Method::DELETE, &admin(&shelf.sku), &[("if-match", "\"1\"")], None).await.expect(204);
        let item = format!("/cart/items/{}", shelf.sku);
        eventually("it is not for sale", WITHIN, || async {
            (stack().guest().put(&item, json!({ "quantity": 1 })).await.status == 409).then_some(())
        })
        .await;
        let refused = shopper.order(&fresh("key"), checkout.text("checkout_id"), "pm_card_visa").await;
        if refused.body["type"].as_str().is_some_and(|kind| kind.ends_with("/not-for-sale")) {
            assert_eq!(refused.expect_problem(409, "not-for-sale").body["sku"], shelf.sku.as_str());
            return;
        }
        // The checkout's time was over first.
        refused.expect_problem(409, "checkout-expired");
    }
    panic!("a checkout ends before the prices know that its product is gone");
}

/// Names cards that are declined until no more are taken; `None` where the time to pay was over before.
async fn cards_until_refused(shopper: &Api, sku: &str) -> Option<usize> {
    let placed = shopper.buy(sku, 1, "pm_card_chargeDeclined").await;
    let order = format!("/orders/{}", placed["order_id"].as_str().unwrap());
    for named in 0..=METHODS {
        let waits = eventually("the card is declined", WITHIN, || async {
            let order = shopper.get(&order).await.expect(200).body;
            let is_over = order["status"] != "PENDING_PAYMENT";
            (is_over || order["payment"]["status"] == "DECLINED").then_some(!is_over)
        })
        .await;
        let key = fresh("key");
        let body = json!({ "payment_method": "pm_card_chargeDeclined" });
        let path = format!("{order}/payment");
        let reply = shopper.send(Method::POST, &path, &[("idempotency-key", &key)], Some(body)).await;
        if !waits || (reply.status == 409 && reply.text("type").ends_with("/payment-not-awaited")) {
            return None;
        }
        if reply.status == 409 {
            reply.expect_problem(409, "too-many-payment-methods");
            return Some(named);
        }
        reply.expect(202);
    }
    panic!("{order} takes one card more than may be named");
}

#[tokio::test]
async fn so_many_other_cards_are_tried_for_an_order_and_no_more() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().crowd(1).await.pop().unwrap());
    let shelf = Shelf::stocked(&operator, 500, TRIES.try_into().unwrap()).await;
    for _ in 0..TRIES {
        if let Some(named) = cards_until_refused(&shopper, &shelf.sku).await {
            assert_eq!(named, METHODS);
            return;
        }
    }
    // The simulation's stories tell it whatever the machine is (`tests/simulation/src/stories/holds.rs`).
    println!("skipped: an order's time to pay is over before {METHODS} cards are declined");
}

#[tokio::test]
async fn a_signed_webhook_is_json_as_it_stands_and_an_event() {
    let guest = stack().guest();
    let compressed = [("content-type", "application/json"), ("content-encoding", "gzip")];
    for path in ["/webhooks/payments", "/webhooks/carriers/swift-parcel"] {
        let refused = guest.send(Method::POST, path, &compressed, Some(json!({}))).await;
        refused.expect_problem(415, "unsupported-media-type");
    }
    let says = async |body: Value| {
        let second = jiff::Timestamp::now().as_second();
        let tag = hmac_sha256(&stack().gateway_webhook_secret, &format!("{second}.{body}"));
        let signature = format!("t={second},v1={tag}");
        guest.send(Method::POST, "/webhooks/payments", &[("stripe-signature", &signature)], Some(body)).await
    };
    says(json!({ "id": "evt_1" })).await.expect_problem(400, "invalid-request");
    let of_no_order = json!({ "id": fresh("evt"), "type": "customer.created", "created": 1, "data": { "object": {} } });
    says(of_no_order).await.expect(204);
}
