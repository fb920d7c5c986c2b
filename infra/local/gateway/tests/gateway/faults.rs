//! What goes wrong on demand.

use std::time::{Duration, Instant};

use axum::http::Method;
use serde_json::json;

use crate::client::{Gateway, create_body, eventually};

const CREATE: &str = "/v1/payment_intents";

#[tokio::test]
async fn a_lost_answer_after_the_effect() {
    let gateway = Gateway::start().await;
    let id = gateway.intent("ord_1", "pm_card_visa").await;
    let path = format!("{CREATE}/{id}/confirm");
    gateway.fault(json!({"operation": "confirm", "fault": "timeout_after_effect", "order_id": "ord_1"})).await;

    assert!(gateway.try_post(&path, Some("k"), "").await.is_err());
    assert_eq!(gateway.inspect("ord_1").await["status"], "requires_capture");
    let again = gateway.try_post(&path, Some("k"), "").await.unwrap();
    assert_eq!((again.replayed(), &again.json["status"]), (true, &json!("requires_capture")));
    assert_eq!(gateway.inspect("ord_1").await["effects"]["authorizations"], 1);
}

#[tokio::test]
async fn a_lost_answer_before_the_effect() {
    let gateway = Gateway::start().await;
    let id = gateway.intent("ord_1", "pm_card_visa").await;
    let path = format!("{CREATE}/{id}/confirm");
    gateway.fault(json!({"operation": "confirm", "fault": "timeout_before_effect", "intent": id})).await;

    assert!(gateway.try_post(&path, Some("k"), "").await.is_err());
    assert_eq!(gateway.inspect("ord_1").await["status"], "requires_confirmation");
    let again = gateway.try_post(&path, Some("k"), "").await.unwrap();
    assert_eq!((again.replayed(), &again.json["status"]), (false, &json!("requires_capture")));
}

#[tokio::test]
async fn a_connection_hangs_before_it_closes() {
    let gateway = Gateway::start().await;
    gateway.fault(json!({"operation": "create", "fault": "timeout_after_effect", "delay_ms": 150})).await;
    let began = Instant::now();
    assert!(gateway.try_post(CREATE, None, &create_body("ord_1", "pm_card_visa")).await.is_err());
    assert!(began.elapsed() >= Duration::from_millis(150));
    assert_eq!(gateway.inspect("ord_1").await["status"], "requires_confirmation");
}

#[tokio::test]
async fn server_errors_and_rate_limits() {
    let gateway = Gateway::start().await;
    let body = create_body("ord_1", "pm_card_visa");
    for (fault, status) in [("server_error", 500), ("rate_limited", 429)] {
        gateway.fault(json!({"operation": "create", "fault": fault, "order_id": "ord_1", "times": 2})).await;
        for _ in 0..2 {
            assert_eq!(gateway.try_post(CREATE, Some("k"), &body).await.unwrap().status, status);
        }
    }
    assert_eq!(gateway.get("/__fake/summary").await.json["intents"], 0);
    let answer = gateway.try_post(CREATE, Some("k"), &body).await.unwrap();
    assert_eq!((answer.status, answer.replayed()), (200, false));
}

#[tokio::test]
async fn a_server_error_after_the_effect_sticks_to_its_key() {
    let gateway = Gateway::start().await;
    let id = gateway.held("ord_1").await;
    let path = format!("{CREATE}/{id}/capture");
    gateway.fault(json!({"operation": "capture", "fault": "server_error_after_effect", "order_id": "ord_1"})).await;
    assert_eq!(gateway.try_post(&path, Some("k"), "").await.unwrap().status, 500);
    let again = gateway.try_post(&path, Some("k"), "").await.unwrap();
    assert_eq!((again.status, again.replayed()), (500, true));
    assert_eq!(gateway.get(&format!("{CREATE}/{id}")).await.json["status"], "succeeded");
}

#[tokio::test]
async fn a_refusal_of_the_bank_sticks_to_its_key_and_nothing_happens() {
    let gateway = Gateway::start().await;
    let id = gateway.held("ord_1").await;
    let path = format!("{CREATE}/{id}/capture");
    gateway.fault(json!({"operation": "capture", "fault": "refused", "order_id": "ord_1"})).await;
    for replayed in [false, true] {
        let refused = gateway.try_post(&path, Some("k"), "").await.unwrap();
        assert_eq!((refused.status, refused.replayed()), (402, replayed));
        assert_eq!(refused.json["error"]["code"], "card_declined");
    }
    assert_eq!(gateway.inspect("ord_1").await["effects"]["captures"], 0);
    assert_eq!(gateway.try_post(&path, Some("other"), "").await.unwrap().status, 200);
}

#[tokio::test]
async fn a_slow_request_takes_effect_though_the_caller_left() {
    let gateway = Gateway::start().await;
    let id = gateway.intent("ord_1", "pm_card_visa").await;
    gateway.fault(json!({"operation": "confirm", "fault": "slow", "order_id": "ord_1", "delay_ms": 300})).await;
    let confirm = gateway.act(&id, "confirm");
    assert!(tokio::time::timeout(Duration::from_millis(100), confirm).await.is_err());
    assert_eq!(gateway.inspect("ord_1").await["status"], "requires_confirmation");
    eventually("the late confirmation", async || {
        (gateway.inspect("ord_1").await["status"] == "requires_capture").then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_late_confirmation_of_a_canceled_intent_is_refused() {
    let gateway = Gateway::start().await;
    let id = gateway.intent("ord_1", "pm_card_visa").await;
    gateway.fault(json!({"operation": "confirm", "fault": "slow", "order_id": "ord_1", "delay_ms": 300})).await;
    let cancel = async {
        eventually("the confirmation arrived", async || {
            (gateway.get("/__fake/summary").await.json["pending_faults"] == 0).then_some(())
        })
        .await;
        gateway.act(&id, "cancel").await
    };
    let (confirmed, canceled) = tokio::join!(gateway.act(&id, "confirm"), cancel);
    assert_eq!(canceled.json["status"], "canceled");
    assert_eq!(confirmed.code(), "payment_intent_unexpected_state");
    assert_eq!(gateway.inspect("ord_1").await["effects"]["authorizations"], 0);
}

#[tokio::test]
async fn faults_strike_the_addressed_order_and_operation_only() {
    let gateway = Gateway::start().await;
    for operation in ["create", "confirm", "capture", "cancel", "retrieve", "refund"] {
        gateway.fault(json!({"operation": operation, "fault": "server_error", "order_id": "struck"})).await;
    }
    // The neighbour is served throughout.
    let neighbour = gateway.held("neighbour").await;
    assert_eq!(gateway.act(&neighbour, "capture").await.status, 200);
    assert_eq!(gateway.post("/v1/refunds", &format!("payment_intent={neighbour}")).await.status, 200);

    // The order is struck once by each.
    assert_eq!(gateway.post(CREATE, &create_body("struck", "pm_card_visa")).await.status, 500);
    let id = gateway.intent("struck", "pm_card_visa").await;
    for action in ["confirm", "capture", "cancel"] {
        assert_eq!(gateway.act(&id, action).await.status, 500, "{action}");
    }
    assert_eq!(gateway.get(&format!("{CREATE}/{id}")).await.status, 500);
    assert_eq!(gateway.post("/v1/refunds", &format!("payment_intent={id}")).await.status, 500);
    assert_eq!(gateway.act(&id, "confirm").await.status, 200);
}

#[tokio::test]
async fn faults_are_listed_and_cleared_by_order() {
    let gateway = Gateway::start().await;
    for order_id in ["a", "b"] {
        gateway.fault(json!({"operation": "create", "fault": "server_error", "order_id": order_id})).await;
    }
    let clear = gateway.try_request(Method::DELETE, "/__fake/faults?order_id=a", &[], "").await.unwrap();
    assert_eq!(clear.status, 204);
    let left = gateway.get("/__fake/faults").await;
    assert_eq!(left.json["faults"].as_array().unwrap().len(), 1);
    assert_eq!(left.json["faults"][0]["order_id"], "b");

    for bad in [json!({"fault": "slow"}), json!({"fault": "unheard_of", "operation": "create"}), json!([])] {
        let answer = gateway.try_request(Method::POST, "/__fake/faults", &[], &bad.to_string()).await.unwrap();
        assert_eq!(answer.status, 400, "{bad}");
        assert!(answer.json["error"].is_string());
    }
}
