//! Events: signed, repeated, disturbed.

use axum::http::Method;
use serde_json::{Value, json};
use souk_gateway::{Config, signature};

use crate::client::{Gateway, KEY, SECRET, eventually};
use crate::receiver::Receiver;

async fn start() -> (Gateway, Receiver) {
    let receiver = Receiver::start().await;
    let config = Config { webhook_url: Some(receiver.url.parse().unwrap()), ..Config::for_tests(KEY, SECRET) };
    (Gateway::with(config).await, receiver)
}

/// A payment whose creation is not reported, so that a test sees its own events only.
async fn quiet_intent(gateway: &Gateway, order_id: &str, method: &str) -> String {
    let rule = json!({"fault": "lost", "event_type": "payment_intent.created", "order_id": order_id});
    gateway.fault(rule).await;
    gateway.intent(order_id, method).await
}

const CREATED: &str = "payment_intent.created";
const CAPTURABLE: &str = "payment_intent.amount_capturable_updated";
const CANCELED: &str = "payment_intent.canceled";

#[tokio::test]
async fn every_step_is_reported() {
    let (gateway, receiver) = start().await;
    let id = gateway.held("paid").await;
    gateway.act(&id, "capture").await;
    gateway.post("/v1/refunds", &format!("payment_intent={id}")).await;
    let declined = gateway.intent("declined", "pm_card_chargeDeclined").await;
    gateway.act(&declined, "confirm").await;
    let challenged = gateway.intent("challenged", "pm_card_authenticationRequired").await;
    gateway.act(&challenged, "confirm").await;
    gateway.act(&challenged, "cancel").await;
    receiver
        .expect(&[
            CREATED,
            CAPTURABLE,
            "payment_intent.succeeded",
            "refund.created",
            "charge.refunded",
            CREATED,
            "payment_intent.payment_failed",
            CREATED,
            "payment_intent.requires_action",
            CANCELED,
        ])
        .await;
}

#[tokio::test]
async fn events_are_signed_and_carry_the_object() {
    let (gateway, receiver) = start().await;
    let id = gateway.intent("ord_1", "pm_card_visa").await;
    receiver.expect(&[CREATED]).await;
    let (header, body) = receiver.received().remove(0);
    let time = header.split(',').next().unwrap().strip_prefix("t=").unwrap().parse().unwrap();
    assert_eq!(header, signature(SECRET, time, &body));

    let event: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(event["object"], "event");
    assert_eq!(event["data"]["object"]["id"], *id);
    assert_eq!(event["data"]["object"]["metadata"]["order_id"], "ord_1");
}

#[tokio::test]
async fn a_refund_event_names_the_order_too() {
    let (gateway, receiver) = start().await;
    let id = gateway.held("ord_1").await;
    gateway.act(&id, "capture").await;
    gateway.post("/v1/refunds", &format!("payment_intent={id}")).await;
    let event = eventually("charge.refunded", async || {
        let bodies = receiver.received().into_iter().map(|(_, body)| serde_json::from_str::<Value>(&body).unwrap());
        bodies.into_iter().find(|event| event["type"] == "charge.refunded")
    })
    .await;
    let charge = &event["data"]["object"];
    assert_eq!((&charge["payment_intent"], &charge["metadata"]["order_id"]), (&json!(id), &json!("ord_1")));
    assert_eq!(charge["amount_refunded"], 500);
}

#[tokio::test]
async fn an_event_that_is_not_taken_is_sent_again() {
    let (gateway, receiver) = start().await;
    receiver.refuse(&[500, 503]);
    gateway.intent("ord_1", "pm_card_visa").await;
    receiver.expect(&[CREATED, CREATED, CREATED]).await;
    let bodies: Vec<String> = receiver.received().into_iter().map(|(_, body)| body).collect();
    assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]));
    let statuses = eventually("three deliveries noted", async || {
        let events = gateway.get("/__fake/events?order_id=ord_1").await;
        let deliveries = events.json["events"][0]["deliveries"].as_array().unwrap().clone();
        (deliveries.len() == 3)
            .then(|| deliveries.iter().map(|delivery| delivery["status"].clone()).collect::<Vec<_>>())
    })
    .await;
    assert_eq!(statuses, [500, 503, 200]);
}

#[tokio::test]
async fn a_duplicate_is_the_same_event_twice() {
    let (gateway, receiver) = start().await;
    gateway.fault(json!({"fault": "duplicate", "order_id": "ord_1"})).await;
    gateway.intent("ord_1", "pm_card_visa").await;
    receiver.expect(&[CREATED, CREATED]).await;
    let received = receiver.received();
    assert_eq!(received[0].1, received[1].1);
}

#[tokio::test]
async fn an_early_event_comes_before_the_answer() {
    let (gateway, receiver) = start().await;
    gateway.fault(json!({"fault": "early", "event_type": CAPTURABLE, "order_id": "ord_1"})).await;
    let id = quiet_intent(&gateway, "ord_1", "pm_card_visa").await;
    gateway.act(&id, "confirm").await;
    assert_eq!(receiver.types(), [CAPTURABLE]);
}

#[tokio::test]
async fn an_early_event_comes_even_when_the_answer_is_lost() {
    let (gateway, receiver) = start().await;
    gateway.fault(json!({"fault": "early", "event_type": CAPTURABLE, "order_id": "ord_1"})).await;
    gateway.fault(json!({"fault": "timeout_after_effect", "operation": "confirm", "order_id": "ord_1"})).await;
    let id = quiet_intent(&gateway, "ord_1", "pm_card_visa").await;
    assert!(gateway.try_post(&format!("/v1/payment_intents/{id}/confirm"), None, "").await.is_err());
    assert_eq!(receiver.types(), [CAPTURABLE]);
}

#[tokio::test]
async fn a_late_event_comes_after_later_ones() {
    let (gateway, receiver) = start().await;
    gateway.fault(json!({"fault": "late", "event_type": CREATED, "order_id": "ord_1", "delay_ms": 300})).await;
    gateway.held("ord_1").await;
    receiver.expect(&[CAPTURABLE, CREATED]).await;
    assert_eq!(receiver.types(), [CAPTURABLE, CREATED]);
}

#[tokio::test]
async fn a_lost_event_comes_only_when_resent() {
    let (gateway, receiver) = start().await;
    let id = quiet_intent(&gateway, "ord_1", "pm_card_visa").await;
    gateway.act(&id, "confirm").await;
    receiver.expect(&[CAPTURABLE]).await;

    let lost = gateway.get("/__fake/events?order_id=ord_1&event_type=payment_intent.created").await;
    assert_eq!(lost.json["events"][0]["deliveries"], json!([]));
    let body = json!({"event": lost.json["events"][0]["id"]}).to_string();
    let resent = gateway.try_request(Method::POST, "/__fake/webhooks/resend", &[], &body).await.unwrap();
    assert_eq!(resent.status, 202);
    receiver.expect(&[CAPTURABLE, CREATED]).await;

    let unknown = json!({"event": "evt_none"}).to_string();
    let answer = gateway.try_request(Method::POST, "/__fake/webhooks/resend", &[], &unknown).await.unwrap();
    assert_eq!(answer.status, 404);
}

#[tokio::test]
async fn a_reordered_event_is_overtaken_by_the_next() {
    let (gateway, receiver) = start().await;
    gateway.fault(json!({"fault": "reordered", "event_type": CAPTURABLE, "order_id": "ord_1"})).await;
    let id = quiet_intent(&gateway, "ord_1", "pm_card_visa").await;
    gateway.act(&id, "confirm").await;
    gateway.act(&id, "cancel").await;
    receiver.expect(&[CANCELED, CAPTURABLE]).await;
    assert_eq!(receiver.types(), [CANCELED, CAPTURABLE]);
}

#[tokio::test]
async fn a_reordered_event_that_nothing_overtakes_comes_all_the_same() {
    let (gateway, receiver) = start().await;
    gateway.fault(json!({"fault": "reordered", "order_id": "ord_1", "delay_ms": 50})).await;
    gateway.intent("ord_1", "pm_card_visa").await;
    receiver.expect(&[CREATED]).await;
}

#[tokio::test]
async fn the_url_can_be_set_later() {
    let gateway = Gateway::start().await;
    gateway.intent("unheard", "pm_card_visa").await;
    let receiver = Receiver::start().await;
    let body = json!({"url": receiver.url}).to_string();
    let set = gateway.try_request(Method::POST, "/__fake/webhook_url", &[], &body).await.unwrap();
    assert_eq!(set.status, 200);
    assert_eq!(gateway.get("/__fake/webhook_url").await.json["url"], receiver.url);
    gateway.intent("heard", "pm_card_visa").await;
    receiver.expect(&[CREATED]).await;

    let bad = json!({"url": "ftp://x"}).to_string();
    assert_eq!(gateway.try_request(Method::POST, "/__fake/webhook_url", &[], &bad).await.unwrap().status, 400);
}
