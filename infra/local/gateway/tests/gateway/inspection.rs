//! What a test can look at.

use serde_json::json;

use crate::client::{Gateway, create_body};

#[tokio::test]
async fn the_request_log_tells_what_happened_and_no_secret() {
    let gateway = Gateway::start().await;
    gateway.fault(json!({"operation": "confirm", "fault": "timeout_after_effect", "order_id": "ord_1"})).await;
    let created =
        gateway.try_post("/v1/payment_intents", Some("k1"), &create_body("ord_1", "pm_card_visa")).await.unwrap();
    let confirm = format!("/v1/payment_intents/{}/confirm", created.id());
    assert!(gateway.try_post(&confirm, Some("k2"), "").await.is_err());
    gateway.try_post(&confirm, Some("k2"), "").await.unwrap();
    gateway.intent("ord_2", "pm_card_visa").await;

    let shown = gateway.get("/__fake/intents?order_id=ord_1").await;
    let requests: Vec<_> = shown.json["requests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            let field = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
            (field("operation"), field("idempotency_key"), entry["status"].as_u64(), field("fault"))
        })
        .collect();
    let entry = |operation: &str, key: &str, status, fault: &str| {
        (operation.to_owned(), key.to_owned(), status, fault.to_owned())
    };
    assert_eq!(
        requests,
        [
            entry("create", "k1", Some(200), ""),
            entry("confirm", "k2", None, "timeout_after_effect"),
            entry("confirm", "k2", Some(200), ""),
        ]
    );
    assert_eq!(shown.json["requests"][2]["replayed"], true);
    assert!(!shown.text.contains("secret"));
    assert!(!shown.text.contains("sk_test"));
}

#[tokio::test]
async fn the_summary_adds_the_money_up() {
    let gateway = Gateway::start().await;
    gateway.intent("new", "pm_card_visa").await;
    gateway.held("held").await;
    let voided = gateway.held("voided").await;
    gateway.act(&voided, "cancel").await;
    let captured = gateway.held("captured").await;
    gateway.act(&captured, "capture").await;
    gateway.post("/v1/refunds", &format!("payment_intent={captured}&amount=100")).await;

    let summary = gateway.get("/__fake/summary").await.json;
    assert_eq!(summary["intents"], 4);
    assert_eq!(summary["held"], json!({"count": 1, "amount": 500}));
    assert_eq!(summary["captured"], json!({"count": 1, "amount": 500}));
    assert_eq!(summary["voided"], json!({"count": 1, "amount": 500}));
    assert_eq!(summary["refunded"], json!({"count": 1, "amount": 100}));
    assert_eq!(summary["by_status"]["requires_confirmation"], 1);
    assert_eq!(gateway.get("/__fake/health").await.json["status"], "ok");
}
