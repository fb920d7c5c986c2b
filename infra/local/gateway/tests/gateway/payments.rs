//! The life of a payment, by the book.

use axum::http::Method;
use serde_json::{Value, json};

use crate::client::{Gateway, create_body};

#[tokio::test]
async fn authorize_then_capture_then_refund() {
    let gateway = Gateway::start().await;
    let created = gateway.post("/v1/payment_intents", &create_body("ord_1", "pm_card_visa")).await;
    assert_eq!(created.status, 200);
    assert_eq!(created.json["status"], "requires_confirmation");
    assert_eq!(created.json["metadata"]["order_id"], "ord_1");
    assert!(created.id().starts_with("pi_"));
    assert!(created.json["client_secret"].as_str().unwrap().starts_with(&format!("{}_secret_", created.id())));
    assert!(created.headers["request-id"].to_str().unwrap().starts_with("req_"));
    let id = created.id();

    let confirmed = gateway.act(id, "confirm").await;
    assert_eq!((confirmed.status, &confirmed.json["status"]), (200, &json!("requires_capture")));
    assert_eq!(confirmed.json["amount_capturable"], 500);

    let captured = gateway.act(id, "capture").await;
    assert_eq!(captured.json["status"], "succeeded");
    assert_eq!(captured.json["amount_received"], 500);

    let refund = gateway.post("/v1/refunds", &format!("payment_intent={id}&amount=200")).await;
    assert_eq!((refund.status, &refund.json["amount"]), (200, &json!(200)));
    gateway.post("/v1/refunds", &format!("payment_intent={id}")).await;
    let refunds = gateway.get(&format!("/v1/refunds?payment_intent={id}")).await;
    let amounts: Vec<_> = refunds.json["data"].as_array().unwrap().iter().map(|refund| &refund["amount"]).collect();
    assert_eq!(amounts, [300, 200]);

    let shown = gateway.inspect("ord_1").await;
    let effects = json!({"authorizations": 1, "captures": 1, "voids": 0, "refunds": 2, "declines": 0});
    assert_eq!(shown["effects"], effects);
    assert_eq!(shown["amount_refunded"], 500);
}

#[tokio::test]
async fn create_and_confirm_in_one_call() {
    let gateway = Gateway::start().await;
    let body = format!("{}&confirm=true", create_body("ord_1", "pm_card_visa"));
    let answer = gateway.post("/v1/payment_intents", &body).await;
    assert_eq!(answer.json["status"], "requires_capture");
}

#[tokio::test]
async fn what_was_done_is_not_done_again() {
    let gateway = Gateway::start().await;
    let captured = gateway.held("captured").await;
    gateway.act(&captured, "capture").await;
    let canceled = gateway.held("canceled").await;
    gateway.act(&canceled, "cancel").await;

    for id in [&captured, &canceled] {
        for action in ["confirm", "capture", "cancel"] {
            let answer = gateway.act(id, action).await;
            assert_eq!((answer.status, answer.code()), (400, "payment_intent_unexpected_state"), "{action}");
            assert_eq!(answer.json["error"]["payment_intent"]["id"], **id);
        }
    }
    assert_eq!(gateway.inspect("captured").await["effects"]["captures"], 1);
    assert_eq!(gateway.inspect("canceled").await["effects"]["voids"], 1);
}

#[tokio::test]
async fn refunds_need_money_that_was_taken() {
    let gateway = Gateway::start().await;
    let id = gateway.held("ord_1").await;
    let early = gateway.post("/v1/refunds", &format!("payment_intent={id}")).await;
    assert_eq!((early.status, early.code()), (400, "payment_intent_unexpected_state"));

    gateway.act(&id, "capture").await;
    let above = gateway.post("/v1/refunds", &format!("payment_intent={id}&amount=501")).await;
    assert_eq!((above.status, above.code()), (400, "amount_too_large"));
    gateway.post("/v1/refunds", &format!("payment_intent={id}")).await;
    let again = gateway.post("/v1/refunds", &format!("payment_intent={id}")).await;
    assert_eq!((again.status, again.code()), (400, "charge_already_refunded"));
}

#[tokio::test]
async fn a_declined_card_leaves_the_intent_payable() {
    let gateway = Gateway::start().await;
    for (order_id, method, reason) in [
        ("ord_1", "pm_card_chargeDeclined", "generic_decline"),
        ("ord_2", "pm_card_chargeDeclinedInsufficientFunds", "insufficient_funds"),
    ] {
        let id = gateway.intent(order_id, method).await;
        let declined = gateway.act(&id, "confirm").await;
        assert_eq!((declined.status, declined.code()), (402, "card_declined"));
        assert_eq!(declined.json["error"]["type"], "card_error");
        assert_eq!(declined.json["error"]["decline_code"], reason);
        let stored = gateway.get(&format!("/v1/payment_intents/{id}")).await;
        assert_eq!(stored.json["status"], "requires_payment_method");
        assert_eq!(stored.json["last_payment_error"]["decline_code"], reason);

        let paid = gateway.post(&format!("/v1/payment_intents/{id}/confirm"), "payment_method=pm_card_visa").await;
        assert_eq!(paid.json["status"], "requires_capture");
    }
}

#[tokio::test]
async fn the_customer_answers_a_challenge() {
    let gateway = Gateway::start().await;
    for (order_id, outcome, status) in
        [("ord_1", "succeed", "requires_capture"), ("ord_2", "fail", "requires_payment_method")]
    {
        let id = gateway.intent(order_id, "pm_card_authenticationRequired").await;
        let challenged = gateway.act(&id, "confirm").await;
        assert_eq!((challenged.status, &challenged.json["status"]), (200, &json!("requires_action")));
        assert!(challenged.json["next_action"].is_object());

        let path = format!("/__fake/intents/{id}/authenticate");
        let body = json!({ "outcome": outcome }).to_string();
        let answered = gateway.try_request(Method::POST, &path, &[], &body).await.unwrap();
        assert_eq!(answered.json["status"], status);
        assert_eq!(gateway.try_request(Method::POST, &path, &[], &body).await.unwrap().status, 400);
    }
}

#[tokio::test]
async fn a_partial_capture_gives_the_rest_back() {
    let gateway = Gateway::start().await;
    let id = gateway.held("ord_1").await;
    let path = format!("/v1/payment_intents/{id}/capture");
    assert_eq!(gateway.post(&path, "amount_to_capture=501").await.code(), "amount_too_large");
    let captured = gateway.post(&path, "amount_to_capture=300").await;
    assert_eq!((&captured.json["amount_received"], &captured.json["amount_capturable"]), (&json!(300), &json!(0)));
}

#[tokio::test]
async fn intents_are_listed_newest_first() {
    let gateway = Gateway::start().await;
    let mut ids = Vec::new();
    for order in 0..5 {
        ids.push(gateway.intent(&format!("ord_{order}"), "pm_card_visa").await);
    }
    ids.reverse();
    let first = gateway.get("/v1/payment_intents?limit=3").await;
    let listed = |answer: &crate::client::Answer| -> Vec<String> {
        let data = answer.json["data"].as_array().unwrap();
        data.iter().map(|intent| intent["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(listed(&first), ids[..3]);
    assert_eq!(first.json["has_more"], true);
    let rest = gateway.get(&format!("/v1/payment_intents?limit=3&starting_after={}", ids[2])).await;
    assert_eq!(listed(&rest), ids[3..]);
    assert_eq!(rest.json["has_more"], false);

    let created = first.json["data"][0]["created"].as_i64().unwrap();
    let later = gateway.get(&format!("/v1/payment_intents?created[gt]={}", created + 60)).await;
    assert_eq!(listed(&later), Vec::<String>::new());
    let since = gateway.get(&format!("/v1/payment_intents?created[gte]={}", created - 60)).await;
    assert_eq!(listed(&since).len(), 5);
}

async fn refund(gateway: &Gateway, id: &str, amount: i64) -> crate::client::Answer {
    gateway.post("/v1/refunds", &format!("payment_intent={id}&amount={amount}")).await
}

async fn settle(gateway: &Gateway, refund: &str, outcome: &str) -> Value {
    let path = format!("/__fake/refunds/{refund}/settle");
    let body = json!({ "outcome": outcome }).to_string();
    gateway.try_request(Method::POST, &path, &[], &body).await.unwrap().json
}

#[tokio::test]
async fn captured_money_is_refunded_in_parts_and_never_more_than_all() {
    let gateway = Gateway::start().await;
    let id = gateway.held("ord_1").await;
    gateway.post(&format!("/v1/payment_intents/{id}/capture"), "amount_to_capture=300").await;
    let first = refund(&gateway, &id, 200).await;
    assert_eq!((&first.json["amount"], &first.json["status"]), (&json!(200), &json!("succeeded")));
    assert_eq!(refund(&gateway, &id, 101).await.code(), "amount_too_large");
    assert_eq!(refund(&gateway, &id, 100).await.status, 200);
    assert_eq!(refund(&gateway, &id, 1).await.code(), "charge_already_refunded");
    let shown = gateway.get(&format!("/v1/payment_intents/{id}?expand[]=latest_charge")).await;
    let charge = &shown.json["latest_charge"];
    assert_eq!((&charge["amount_captured"], &charge["amount_refunded"]), (&json!(300), &json!(300)));
}

#[tokio::test]
async fn a_refund_may_be_pending_and_may_fail_after_it_had_succeeded() {
    let gateway = Gateway::start().await;
    for (method, begins) in [("pm_card_pendingRefund", "pending"), ("pm_card_refundFail", "succeeded")] {
        let id = gateway.intent(&format!("ord_{begins}"), method).await;
        gateway.act(&id, "confirm").await;
        gateway.act(&id, "capture").await;
        let made = refund(&gateway, &id, 200).await;
        assert_eq!(made.json["status"], begins);
        let refund_id = made.json["id"].as_str().unwrap();
        assert_eq!(settle(&gateway, refund_id, "fail").await["status"], "failed");
        assert_eq!(settle(&gateway, refund_id, "succeed").await["status"], "failed", "for good");
        let again = gateway.post("/v1/refunds", &format!("payment_intent={id}")).await;
        assert_eq!(again.json["amount"], 500, "what came back can be refunded again");
    }
}

async fn control(gateway: &Gateway, path: &str, body: Value) -> crate::client::Answer {
    gateway.try_request(Method::POST, path, &[], &body.to_string()).await.unwrap()
}

#[tokio::test]
async fn disputed_money_cannot_be_refunded_until_the_shop_has_won_it_back() {
    let gateway = Gateway::start().await;
    let id = gateway.held("ord_1").await;
    let open = format!("/__fake/intents/{id}/dispute");
    assert_eq!(control(&gateway, &open, json!({})).await.status, 400, "nothing was taken yet");
    gateway.act(&id, "capture").await;
    assert_eq!(control(&gateway, &open, json!({ "amount": 501 })).await.status, 400);
    let inquiry = control(&gateway, &open, json!({ "inquiry": true, "reason": "product_not_received" })).await.json;
    assert_eq!((&inquiry["status"], &inquiry["amount"]), (&json!("warning_needs_response"), &json!(500)));
    assert_eq!(refund(&gateway, &id, 100).await.status, 200, "the bank only asks");
    let dispute = format!("/__fake/disputes/{}", inquiry["id"].as_str().unwrap());
    assert_eq!(control(&gateway, &dispute, json!({ "status": "needs_response" })).await.status, 200);
    assert_eq!(refund(&gateway, &id, 100).await.code(), "charge_disputed");
    assert_eq!(control(&gateway, &dispute, json!({ "status": "won" })).await.json["status"], "won");
    assert_eq!(control(&gateway, &dispute, json!({ "status": "lost" })).await.json["status"], "won", "for good");
    assert_eq!(control(&gateway, &format!("/__fake/intents/{id}/refund"), json!({ "amount": 50 })).await.status, 200);
    let listed = gateway.get(&format!("/v1/disputes?payment_intent={id}")).await.json;
    assert_eq!((listed["data"].as_array().unwrap().len(), &listed["data"][0]["status"]), (1, &json!("won")));
    assert_eq!(listed["data"][0]["metadata"], json!({}), "it names no order");
    let shown = gateway.get(&format!("/v1/payment_intents/{id}?expand[]=latest_charge")).await;
    assert_eq!(shown.json["latest_charge"]["disputed"], true);
}
