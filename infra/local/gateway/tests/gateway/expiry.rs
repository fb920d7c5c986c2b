//! Authorizations lapse.

use axum::http::Method;
use souk_gateway::Config;

use crate::client::{Gateway, KEY, SECRET};

#[tokio::test]
async fn a_hold_that_lapsed_can_neither_be_captured_nor_canceled() {
    let gateway = Gateway::with(Config { authorization_days: 0, ..Config::for_tests(KEY, SECRET) }).await;
    let id = gateway.held("ord_1").await;
    for action in ["capture", "cancel"] {
        assert_eq!(gateway.act(&id, action).await.code(), "payment_intent_unexpected_state", "{action}");
    }
    let shown = gateway.inspect("ord_1").await;
    assert_eq!((&shown["status"], &shown["cancellation_reason"]), (&"canceled".into(), &"automatic".into()));
    assert_eq!(shown["effects"]["voids"], 1);
}

#[tokio::test]
async fn a_test_lets_one_hold_lapse() {
    let gateway = Gateway::start().await;
    let lapsed = gateway.held("lapsed").await;
    gateway.held("kept").await;
    let path = format!("/__fake/intents/{lapsed}/expire");
    let answer = gateway.try_request(Method::POST, &path, &[], "").await.unwrap();
    assert_eq!(answer.json["status"], "canceled");
    assert_eq!(gateway.inspect("kept").await["status"], "requires_capture");
    let events = gateway.get("/__fake/events?order_id=lapsed&event_type=payment_intent.canceled").await;
    assert_eq!(events.json["events"].as_array().unwrap().len(), 1);
}
