//! What carriers say of parcels.

use std::time::{Duration, SystemTime};

use reqwest::Method;
use serde_json::{Value, json};

use super::parcels::{ordered, packed};
use crate::support::{Api, Reply, eventually, fresh, hmac_sha256, stack};

/// The order's event brings the parcel to where its carrier's word finds it.
const ENTERED: Duration = Duration::from_secs(30);
/// The carrier whose secret the stack knows, as its labels write it.
const CARRIER: &str = "Swift Parcel";

fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
}

fn signature(secret: &str, second: u64, body: &Value) -> String {
    format!("t={second},v1={}", hmac_sha256(secret, &format!("{second}.{body}")))
}

async fn send(carrier: &str, signature: &str, body: &Value) -> Reply {
    let path = format!("/webhooks/carriers/{carrier}");
    stack().guest().send(Method::POST, &path, &[("souk-signature", signature)], Some(body.clone())).await
}

/// As the carrier says it.
async fn says(event_type: &str, number: &str) -> Reply {
    let at = jiff::Timestamp::now().to_string();
    let body =
        json!({ "id": "1", "type": event_type, "tracking_number": number, "occurred_at": at, "station": "Memphis" });
    send("swift-parcel", &signature(&stack().carrier_secret, now(), &body), &body).await
}

/// Ships what a warehouse has of the order, under this number.
async fn shipped(warehouse: &Api, order_id: &str, place: &str, number: &str) -> String {
    let label = json!({ "carrier": CARRIER, "tracking_number": number });
    let path = packed(warehouse, order_id, place, json!([label])).await;
    warehouse.post(&format!("{path}/ship"), json!({})).await.expect(200);
    path
}

async fn arrives(shopper: &Api, order_id: &str, number: &str) {
    eventually(&format!("{number} has arrived"), ENTERED, || async {
        says("parcel.delivered", number).await.expect(204);
        let order = shopper.get(&format!("/orders/{order_id}")).await.expect(200).body;
        let shipments = order["shipments"].as_array().unwrap().clone();
        let mut parcels = shipments.iter().flat_map(|shipment| shipment["parcels"].as_array().unwrap());
        parcels.any(|parcel| parcel["tracking_number"] == number && parcel["delivered_at"].is_string()).then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_order_is_delivered_when_carriers_have_said_so_of_all_its_parcels() {
    let (shopper, warehouse) = (stack().sign_in("shopper").await, stack().sign_in("warehouse").await);
    let order_id = ordered(&shopper).await;
    let (first, second) = (fresh("A").to_uppercase(), fresh("B").to_uppercase());
    shipped(&warehouse, &order_id, "w1", &first).await;
    let path = shipped(&warehouse, &order_id, "w2", "a-wrong-number").await;
    says("parcel.in_transit", &first).await.expect(204);
    arrives(&shopper, &order_id, &first).await;
    let order = shopper.order_in(&order_id, "SHIPPED").await;
    // Out of order, and again: nothing is written.
    says("parcel.in_transit", &first).await.expect(204);
    says("parcel.delivered", &first.to_lowercase()).await.expect(204);
    assert_eq!(shopper.get(&format!("/orders/{order_id}")).await.expect(200).body, order);

    let label = json!({ "carrier": CARRIER, "tracking_number": second });
    warehouse.put(&format!("{path}/parcels/1"), label).await.expect(200);
    arrives(&shopper, &order_id, &second).await;
    shopper.order_in(&order_id, "DELIVERED").await;
    let operator = stack().sign_in("operator").await;
    let history = operator.get(&format!("/admin/orders/{order_id}")).await.expect(200).body["history"].clone();
    assert_eq!(history.as_array().unwrap().last().unwrap()["by"], "carrier");
}

#[tokio::test]
async fn a_number_that_is_not_ours_is_taken_and_nobody_elses_word_is() {
    let body =
        json!({ "type": "parcel.delivered", "tracking_number": fresh("x"), "occurred_at": "2026-11-29T10:00:00Z" });
    let secret = &stack().carrier_secret;
    assert_eq!(send("swift-parcel", &signature(secret, now(), &body), &body).await.status, 204);
    for (carrier, signature) in [
        ("swift-parcel", String::new()),
        ("swift-parcel", "t=1,v1=00".to_owned()),
        ("swift-parcel", signature("another secret", now(), &body)),
        ("swift-parcel", signature(secret, now() - 600, &body)),
        ("swift-parcel", signature(secret, now(), &json!({}))),
        // Another carrier, and one that nobody knows.
        ("harbour-post", signature(secret, now(), &body)),
    ] {
        send(carrier, &signature, &body).await.expect_problem(401, "bad-signature");
    }
    for body in [json!({}), json!([]), json!({ "type": "parcel.delivered", "tracking_number": "1" })] {
        send("swift-parcel", &signature(secret, now(), &body), &body).await.expect_problem(400, "invalid-request");
    }
    let large = json!("x".repeat(300 * 1024));
    send("swift-parcel", &signature(secret, now(), &large), &large).await.expect_problem(413, "body-too-large");
}
