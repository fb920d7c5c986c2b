//! One key, one effect, one answer.

use std::sync::Arc;

use serde_json::json;
use tokio::task::JoinSet;

use crate::client::{Gateway, create_body, eventually};

const CREATE: &str = "/v1/payment_intents";

#[tokio::test]
async fn the_first_answer_is_replayed_byte_for_byte() {
    let gateway = Gateway::start().await;
    let body = create_body("ord_1", "pm_card_visa");
    let first = gateway.try_post(CREATE, Some("k"), &body).await.unwrap();
    assert!(!first.replayed());
    gateway.act(first.id(), "confirm").await;

    let again = gateway.try_post(CREATE, Some("k"), &body).await.unwrap();
    assert!(again.replayed());
    assert_eq!((again.status, &again.text), (200, &first.text));
    assert_eq!(gateway.inspect("ord_1").await["status"], "requires_capture");
}

#[tokio::test]
async fn a_decline_is_replayed_too() {
    let gateway = Gateway::start().await;
    let id = gateway.intent("ord_1", "pm_card_chargeDeclined").await;
    let path = format!("{CREATE}/{id}/confirm");
    let first = gateway.try_post(&path, Some("k"), "").await.unwrap();
    let again = gateway.try_post(&path, Some("k"), "").await.unwrap();
    assert_eq!((again.status, again.replayed(), &again.text), (402, true, &first.text));
    assert_eq!(gateway.inspect("ord_1").await["effects"]["declines"], 1);
}

#[tokio::test]
async fn a_key_is_bound_to_its_parameters_and_path() {
    let gateway = Gateway::start().await;
    let body = create_body("ord_1", "pm_card_visa");
    let first = gateway.try_post(CREATE, Some("k"), &body).await.unwrap();
    for (path, body) in [
        (CREATE.to_owned(), body.replace("500", "501")),
        (CREATE.to_owned(), body.replace("ord_1", "ord_2")),
        (format!("{CREATE}/{}/confirm", first.id()), String::new()),
    ] {
        let answer = gateway.try_post(&path, Some("k"), &body).await.unwrap();
        assert_eq!((answer.status, &answer.json["error"]["type"]), (400, &json!("idempotency_error")), "{path}");
    }
    assert_eq!(gateway.get("/__fake/summary").await.json["intents"], 1);
}

#[tokio::test]
async fn a_key_in_flight_is_a_conflict() {
    let gateway = Gateway::start().await;
    gateway.fault(json!({"operation": "create", "fault": "slow", "order_id": "ord_1", "delay_ms": 400})).await;
    let body = create_body("ord_1", "pm_card_visa");
    let slow = gateway.try_post(CREATE, Some("k"), &body);
    let meanwhile = async {
        // The fault is used up when the slow request has arrived.
        eventually("the slow request arrived", async || {
            (gateway.get("/__fake/summary").await.json["pending_faults"] == 0).then_some(())
        })
        .await;
        gateway.try_post(CREATE, Some("k"), &body).await
    };
    let (slow, meanwhile) = tokio::join!(slow, meanwhile);
    let (slow, meanwhile) = (slow.unwrap(), meanwhile.unwrap());
    assert_eq!((meanwhile.status, meanwhile.code()), (409, "idempotency_key_in_use"));
    assert_eq!(slow.status, 200);
    let after = gateway.try_post(CREATE, Some("k"), &body).await.unwrap();
    assert_eq!((after.replayed(), &after.text), (true, &slow.text));
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_at_once_have_one_effect() {
    let gateway = Arc::new(Gateway::start().await);
    let id = gateway.intent("ord_1", "pm_card_visa").await;
    let mut attempts = JoinSet::new();
    for _ in 0..20 {
        let (gateway, path) = (Arc::clone(&gateway), format!("{CREATE}/{id}/confirm"));
        attempts.spawn(async move { gateway.try_post(&path, Some("k"), "").await.unwrap() });
    }
    let answers = attempts.join_all().await;
    let first = answers.iter().filter(|answer| answer.status == 200 && !answer.replayed()).count();
    assert_eq!(first, 1);
    assert!(answers.iter().all(|answer| answer.status == 200 || answer.code() == "idempotency_key_in_use"));
    assert_eq!(gateway.inspect("ord_1").await["effects"]["authorizations"], 1);
}

#[tokio::test]
async fn a_request_refused_for_its_parameters_leaves_the_key_free() {
    let gateway = Gateway::start().await;
    let bad = gateway.try_post(CREATE, Some("k"), "amount=1").await.unwrap();
    assert_eq!(bad.status, 400);
    let good = gateway.try_post(CREATE, Some("k"), &create_body("ord_1", "pm_card_visa")).await.unwrap();
    assert_eq!((good.status, good.replayed()), (200, false));
}
