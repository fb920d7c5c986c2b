//! Answers that are lost, late or broken: no effect is doubled, none is forgotten.

use std::time::{Duration, Instant};

use serde_json::json;
use souk_payments::gateway::{Gateway, GatewayError, IntentStatus};
use souk_payments::stripe::{StripeGateway, StripeSettingsError, WITHIN};
use souk_testkit::stand_in::StandIn;

use crate::till::{Till, order};

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_under_its_key() {
    let till = Till::open().await;
    let order = order("lost");
    for operation in ["create", "confirm", "capture", "refund", "retrieve"] {
        till.fault(&order, operation, "timeout_after_effect", 2).await;
    }
    let id = till.create(&order, "pm_card_visa").await.unwrap().id;
    assert_eq!(till.gateway.confirm(&order, &id).await.unwrap().status, IntentStatus::RequiresCapture);
    assert_eq!(till.gateway.capture(&order, &id, 1, None).await.unwrap().status, IntentStatus::Succeeded);
    till.refund(&order, &id).await.unwrap();

    let effects = json!({"authorizations": 1, "captures": 1, "voids": 0, "refunds": 1, "declines": 0});
    assert_eq!(till.effects(&order).await, effects);
    assert_eq!(till.requests(&order, "create").await, 3);
}

#[tokio::test]
async fn retries_are_bounded_and_the_outcome_is_then_asked() {
    let till = Till::open().await;
    let order = order("down");
    let id = till.create(&order, "pm_card_visa").await.unwrap().id;
    till.fault(&order, "confirm", "timeout_after_effect", 3).await;
    let lost = till.gateway.confirm(&order, &id).await;
    assert!(matches!(lost, Err(GatewayError::Unavailable(_))), "{lost:?}");
    assert_eq!(till.requests(&order, "confirm").await, 3);
    assert_eq!(till.gateway.retrieve(&id).await.unwrap().status, IntentStatus::RequiresCapture);
    assert_eq!(till.effects(&order).await["authorizations"], 1);
}

#[tokio::test]
async fn a_lost_cancellation_is_not_repeated_but_asked() {
    let till = Till::open().await;
    let order = order("lost-cancel");
    let id = till.held(&order).await;
    till.fault(&order, "cancel", "timeout_after_effect", 1).await;
    assert!(matches!(till.gateway.cancel(&order, &id).await, Err(GatewayError::Unavailable(_))));
    assert_eq!(till.requests(&order, "cancel").await, 1);
    assert_eq!(till.gateway.retrieve(&id).await.unwrap().status, IntentStatus::Canceled);
}

#[tokio::test]
async fn broken_and_busy_are_tried_again() {
    let till = Till::open().await;
    for fault in ["server_error", "rate_limited", "timeout_before_effect"] {
        let order = order(fault);
        let id = till.create(&order, "pm_card_visa").await.unwrap().id;
        till.fault(&order, "confirm", fault, 2).await;
        assert_eq!(till.gateway.confirm(&order, &id).await.unwrap().status, IntentStatus::RequiresCapture, "{fault}");
        assert_eq!(till.requests(&order, "confirm").await, 3, "{fault}");
    }
}

#[tokio::test]
async fn an_error_that_sticks_to_its_key_is_resolved_by_asking() {
    let till = Till::open().await;
    let order = order("sticky");
    let id = till.create(&order, "pm_card_visa").await.unwrap().id;
    for operation in ["confirm", "capture", "refund"] {
        till.fault(&order, operation, "server_error_after_effect", 1).await;
    }
    assert_eq!(till.gateway.confirm(&order, &id).await.unwrap().status, IntentStatus::RequiresCapture);
    assert_eq!(till.gateway.capture(&order, &id, 1, None).await.unwrap().status, IntentStatus::Succeeded);
    till.refund(&order, &id).await.unwrap();
    assert_eq!(till.effects(&order).await["refunds"], 1);
}

#[tokio::test]
async fn patience_ends_and_the_late_effect_counts_once() {
    let till = Till::open().await;
    let order = order("slow");
    let id = till.create(&order, "pm_card_visa").await.unwrap().id;
    let rule = json!({"order_id": order.as_str(), "operation": "confirm", "fault": "slow", "delay_ms": 600});
    till.call("POST", "/__fake/faults", rule).await;

    let began = Instant::now();
    let given_up = till.impatient(Duration::from_millis(200)).confirm(&order, &id).await;
    assert!(matches!(given_up, Err(GatewayError::Unavailable(_))), "{given_up:?}");
    assert!(began.elapsed() < Duration::from_millis(500));

    // The first confirmation is still in flight: "busy" until it is done, its own effect afterwards.
    let deadline = Instant::now() + Duration::from_secs(10);
    let confirmed = loop {
        match till.gateway.confirm(&order, &id).await {
            Ok(intent) => break intent,
            Err(GatewayError::Unavailable(_)) => assert!(Instant::now() < deadline),
            Err(other) => panic!("{other}"),
        }
    };
    assert_eq!(confirmed.status, IntentStatus::RequiresCapture);
    assert_eq!(till.effects(&order).await["authorizations"], 1);
}

#[tokio::test]
async fn nobody_there_is_unavailable() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let gateway = StripeGateway::new(&url, "sk_test_souk").unwrap();
    assert!(matches!(gateway.retrieve("pi_1").await, Err(GatewayError::Unavailable(_))));
}

#[tokio::test]
async fn settings_are_checked_at_the_start() {
    for url in ["", "api.stripe.com", "ftp://api.stripe.com", "/v1"] {
        assert_eq!(StripeGateway::new(url, "sk_test").unwrap_err(), StripeSettingsError::BaseUrl, "{url}");
    }
    assert_eq!(StripeGateway::new("https://x", "sk\ntest").unwrap_err(), StripeSettingsError::ApiKey);
}

#[tokio::test]
async fn a_gateway_that_never_answers_is_given_up_within_the_time_of_a_call() {
    let silent = StandIn::silent().unwrap();
    let gateway = StripeGateway::new(silent.url(), "sk_test_souk").unwrap();
    let began = Instant::now();
    let given_up = gateway.retrieve("pi_1").await;
    assert!(matches!(given_up, Err(GatewayError::Unavailable(_))), "{given_up:?}");
    assert!(began.elapsed() < WITHIN + Duration::from_secs(1), "{:?}", began.elapsed());
}
