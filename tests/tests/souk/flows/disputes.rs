//! What happens to an order's money at the gateway, past the shop: disputes, and refunds of its own console.

use std::time::Duration;

use serde_json::{Value, json};

use super::refunds::shipped;
use crate::support::{Api, eventually, stack};

/// A webhook, or a run of the reconciliation.
const HEARD: Duration = Duration::from_secs(150);

async fn intent_of(order_id: &str) -> String {
    stack().intents(order_id).await[0]["id"].as_str().unwrap().to_owned()
}

/// The order's disputes as operators see them, once there is one in this state.
async fn dispute_in(operator: &Api, order_id: &str, state: &str) -> Vec<Value> {
    eventually(&format!("a dispute of {order_id} {state}"), HEARD, || async {
        let order = operator.get(&format!("/admin/orders/{order_id}")).await.expect(200).body;
        let disputes = order["payment"]["disputes"].as_array().unwrap().clone();
        disputes.iter().any(|dispute| dispute["state"] == state).then_some(disputes)
    })
    .await
}

async fn is_listed(operator: &Api, order_id: &str) -> bool {
    let page = operator.get("/admin/orders?needs=disputed&limit=100").await.expect(200).body;
    page["orders"].as_array().unwrap().iter().any(|order| order["order_id"] == *order_id)
}

#[tokio::test]
async fn a_dispute_is_shown_and_listed_and_its_money_is_not_refunded_beside_it() {
    let (operator, shopper, order_id) = shipped("pm_card_visa").await;
    let path = format!("intents/{}/dispute", intent_of(&order_id).await);
    let opened = stack().at_the_gateway(&path, json!({ "amount": 2000, "reason": "product_not_received" })).await;
    let disputes = dispute_in(&operator, &order_id, "NEEDS_RESPONSE").await;
    assert_eq!((disputes.len(), &disputes[0]["dispute_id"]), (1, &opened["id"]));
    assert_eq!(disputes[0]["amount"], json!({ "amount": 2000, "currency": "USD" }));
    assert_eq!(disputes[0]["reason"], "product_not_received");
    assert!(disputes[0]["respond_by"].is_string(), "{disputes:?}");
    eventually("it is listed", HEARD, || async { is_listed(&operator, &order_id).await.then_some(()) }).await;

    let refunds = format!("/admin/orders/{order_id}/refunds");
    let all = operator.get(&refunds).await.expect(200).body;
    assert_eq!(all["refundable"]["amount"], 1000);
    let headers = [("idempotency-key", "too-much")];
    let body = json!({ "reason": "GOODWILL", "amount": { "amount": 1001, "currency": "USD" } });
    let refused = operator.send(reqwest::Method::POST, &refunds, &headers, Some(body)).await;
    let refused = refused.expect_problem(409, "refund-too-large");
    assert!(refused.body["detail"].as_str().unwrap().contains("dispute"), "{}", refused.body);

    stack().at_the_gateway(&format!("disputes/{}", opened["id"].as_str().unwrap()), json!({ "status": "lost" })).await;
    assert_eq!(dispute_in(&operator, &order_id, "LOST").await.len(), 1, "once");
    eventually("it is off the list", HEARD, || async { (!is_listed(&operator, &order_id).await).then_some(()) }).await;
    let timeline = operator.get(&format!("/admin/orders/{order_id}/timeline")).await.expect(200).body;
    let kinds: Vec<_> = timeline["entries"].as_array().unwrap().iter().map(|entry| &entry["what"]["kind"]).collect();
    for kind in ["dispute_opened", "dispute_changed"] {
        assert_eq!(kinds.iter().filter(|it| **it == kind).count(), 1, "{kind}");
    }
    let own = shopper.get(&format!("/orders/{order_id}")).await.expect(200).body;
    assert!(!own.to_string().contains("dispute"), "it is between the shop and the bank");
    for stranger in [&shopper, &stack().sign_in("warehouse").await] {
        stranger.get("/admin/orders?needs=disputed").await.expect_problem(403, "forbidden");
    }
}

#[tokio::test]
async fn a_refund_of_the_gateways_console_is_shown_counted_and_not_made_twice() {
    let (operator, shopper, order_id) = shipped("pm_card_visa").await;
    let intent = intent_of(&order_id).await;
    // Only the events without an order's name tell of it.
    let lost = json!({ "order_id": order_id, "event_type": "charge.refunded", "fault": "lost", "times": 1 });
    stack().fault(lost).await;
    stack().at_the_gateway(&format!("intents/{intent}/refund"), json!({ "amount": 1200 })).await;
    let refunds = format!("/admin/orders/{order_id}/refunds");
    let all = eventually("the refund is written down", HEARD, || async {
        let all = operator.get(&refunds).await.expect(200).body;
        (!all["refunds"].as_array().unwrap().is_empty()).then_some(all)
    })
    .await;
    assert_eq!((&all["refunded"]["amount"], &all["refundable"]["amount"]), (&json!(1200), &json!(1800)));
    assert_eq!(all["refunds"][0]["by"], "GATEWAY");
    let headers = [("idempotency-key", "rest")];
    let body = json!({ "reason": "GOODWILL" });
    let rest = operator.send(reqwest::Method::POST, &refunds, &headers, Some(body)).await.expect(201).body;
    assert_eq!(rest["amount"]["amount"], 1800, "the rest, and not the same money again");
    let there: i64 = stack().refunds(&order_id).await.iter().map(|refund| refund["amount"].as_i64().unwrap()).sum();
    assert_eq!(there, 3000);
    let own = shopper.get(&format!("/orders/{order_id}")).await.expect(200).body;
    assert_eq!(own["payment"]["refunded"]["amount"], 3000);
}
