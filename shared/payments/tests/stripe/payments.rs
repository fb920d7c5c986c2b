//! What each call brings about, and what each answer becomes.

use serde_json::json;
use souk_domain::money::{Currency, Money};
use souk_payments::gateway::{Decline, Gateway, GatewayError, IntentStatus, NewIntent};

use crate::till::{Till, order};

#[tokio::test]
async fn authorize_capture_refund() {
    let till = Till::open().await;
    let order = order("paid");
    let created = till.create(&order, "pm_card_visa").await.unwrap();
    assert_eq!(created.status, IntentStatus::RequiresConfirmation);
    assert!(created.client_secret.as_ref().unwrap().starts_with(&created.id));

    let held = till.gateway.confirm(&order, &created.id).await.unwrap();
    assert_eq!((held.status, held.captured), (IntentStatus::RequiresCapture, 0));
    let taken = till.gateway.capture(&order, &created.id, 1, None).await.unwrap();
    assert_eq!((taken.status, taken.captured), (IntentStatus::Succeeded, 500));
    till.refund(&order, &created.id).await.unwrap();
    till.refund(&order, &created.id).await.unwrap();

    let effects = json!({"authorizations": 1, "captures": 1, "voids": 0, "refunds": 1, "declines": 0});
    assert_eq!(till.effects(&order).await, effects);
}

#[tokio::test]
async fn the_secret_is_not_in_the_debug_text() {
    let till = Till::open().await;
    let created = till.create(&order("secret"), "pm_card_visa").await.unwrap();
    assert!(!format!("{created:?}").contains("secret"));
    assert!(!format!("{:?}", till.gateway).contains("sk_test"));
}

#[tokio::test]
async fn the_gateway_says_until_when_money_is_held_and_only_while_it_is() {
    let till = Till::open().await;
    let order = order("held");
    let created = till.create(&order, "pm_card_visa").await.unwrap();
    assert_eq!(created.capture_before, None);
    let held = till.gateway.confirm(&order, &created.id).await.unwrap();
    assert!(held.capture_before.is_some_and(|before| before > jiff::Timestamp::now()), "{:?}", held.capture_before);
    assert_eq!(till.gateway.retrieve(&created.id).await.unwrap().capture_before, held.capture_before);
    till.gateway.capture(&order, &created.id, 1, None).await.unwrap();
    assert_eq!(till.gateway.retrieve(&created.id).await.unwrap().capture_before, None);
}

#[tokio::test]
async fn creating_again_gives_the_same_intent() {
    let till = Till::open().await;
    let order = order("twice");
    let first = till.create(&order, "pm_card_visa").await.unwrap();
    let second = till.create(&order, "pm_card_visa").await.unwrap();
    assert_eq!(first, second);
    till.effects(&order).await;
}

#[tokio::test]
async fn a_decline_is_an_answer() {
    let till = Till::open().await;
    for (name, method, code) in [
        ("declined", "pm_card_chargeDeclined", "generic_decline"),
        ("poor", "pm_card_chargeDeclinedInsufficientFunds", "insufficient_funds"),
    ] {
        let order = order(name);
        let id = till.create(&order, method).await.unwrap().id;
        let expected = (IntentStatus::RequiresPaymentMethod, Some(Decline { code: code.to_owned() }));
        let declined = till.gateway.confirm(&order, &id).await.unwrap();
        assert_eq!((declined.status, declined.decline), expected);
        let again = till.gateway.confirm(&order, &id).await.unwrap();
        assert_eq!((again.status, again.decline), expected);
        assert_eq!(till.effects(&order).await["declines"], 1);
    }
}

#[tokio::test]
async fn a_declined_intent_can_still_be_canceled_and_then_never_paid() {
    let till = Till::open().await;
    let order = order("declined");
    let id = till.create(&order, "pm_card_chargeDeclined").await.unwrap().id;
    till.gateway.confirm(&order, &id).await.unwrap();
    assert_eq!(till.gateway.cancel(&order, &id).await.unwrap().status, IntentStatus::Canceled);
    assert_eq!(till.gateway.confirm(&order, &id).await.unwrap().status, IntentStatus::Canceled);
}

#[tokio::test]
async fn a_confirmation_says_what_is_so_now_and_not_what_was() {
    let till = Till::open().await;
    let order = order("challenged");
    let id = till.create(&order, "pm_card_authenticationRequired").await.unwrap().id;
    let challenged = till.gateway.confirm(&order, &id).await.unwrap();
    assert_eq!(challenged.status, IntentStatus::RequiresAction);

    till.call("POST", &format!("/__fake/intents/{id}/authenticate"), json!({"outcome": "succeed"})).await;
    // The gateway replays its first answer to the key; the adapter must not hand that on.
    let again = till.gateway.confirm(&order, &id).await.unwrap();
    assert_eq!(again.status, IntentStatus::RequiresCapture);
    assert_eq!(till.gateway.retrieve(&id).await.unwrap().status, IntentStatus::RequiresCapture);
    assert_eq!(till.effects(&order).await["authorizations"], 1);
}

#[tokio::test]
async fn a_failed_challenge_is_a_decline() {
    let till = Till::open().await;
    let order = order("failed-challenge");
    let id = till.create(&order, "pm_card_authenticationRequired").await.unwrap().id;
    till.gateway.confirm(&order, &id).await.unwrap();
    till.call("POST", &format!("/__fake/intents/{id}/authenticate"), json!({"outcome": "fail"})).await;
    let failed = till.gateway.retrieve(&id).await.unwrap();
    assert_eq!(failed.status, IntentStatus::RequiresPaymentMethod);
    assert_eq!(failed.decline, Some(Decline { code: "payment_intent_authentication_failure".to_owned() }));
}

#[tokio::test]
async fn a_state_that_does_not_allow_it_is_refused() {
    let till = Till::open().await;
    let unexpected = "payment_intent_unexpected_state";

    let canceled = order("canceled");
    let id = till.held(&canceled).await;
    till.gateway.cancel(&canceled, &id).await.unwrap();
    assert!(refused_with(&till.gateway.cancel(&canceled, &id).await, unexpected));
    assert!(refused_with(&till.gateway.capture(&canceled, &id, 1, None).await, unexpected));
    assert_eq!(till.effects(&canceled).await["voids"], 1);

    let captured = order("captured");
    let id = till.held(&captured).await;
    assert!(refused_with(&till.refund(&captured, &id).await, unexpected));
    till.gateway.capture(&captured, &id, 1, None).await.unwrap();
    assert!(refused_with(&till.gateway.cancel(&captured, &id).await, unexpected));
    assert_eq!(till.gateway.capture(&captured, &id, 1, None).await.unwrap().status, IntentStatus::Succeeded);
    assert_eq!(till.effects(&captured).await["captures"], 1);

    assert!(refused_with(&till.gateway.retrieve("pi_none").await, "resource_missing"));
    assert!(refused_with(&till.gateway.retrieve("../refunds?x=").await, "resource_missing"));
}

#[tokio::test]
async fn a_refused_capture_stays_refused_under_its_key_and_the_next_attempt_has_its_own() {
    let till = Till::open().await;
    let order = order("refused");
    let id = till.create(&order, "pm_card_visa").await.unwrap().id;
    assert!(refused_with(&till.gateway.capture(&order, &id, 1, None).await, "payment_intent_unexpected_state"));
    till.gateway.confirm(&order, &id).await.unwrap();
    assert_eq!(till.gateway.capture(&order, &id, 1, None).await.unwrap().status, IntentStatus::RequiresCapture);
    assert_eq!(till.gateway.capture(&order, &id, 2, None).await.unwrap().status, IntentStatus::Succeeded);
    assert_eq!(till.effects(&order).await["captures"], 1);
}

#[tokio::test]
async fn a_lapsed_hold_cannot_be_captured() {
    let till = Till::open().await;
    let order = order("lapsed");
    let id = till.held(&order).await;
    till.call("POST", &format!("/__fake/intents/{id}/expire"), json!({})).await;
    assert!(refused_with(&till.gateway.capture(&order, &id, 1, None).await, "payment_intent_unexpected_state"));
    assert_eq!(till.gateway.retrieve(&id).await.unwrap().status, IntentStatus::Canceled);
}

#[tokio::test]
async fn the_shoppers_mistakes_and_ours_are_told_apart() {
    let till = Till::open().await;
    let order = order("mistaken");
    let unknown = till.create(&order, "pm_card_unheard_of").await;
    assert!(matches!(unknown, Err(GatewayError::Invalid { code, .. }) if code == "resource_missing"));

    let free = NewIntent {
        order_id: &order,
        amount: Money::nothing(Currency::USD),
        payment_method: "pm_card_visa",
        attempt: 0,
        customer: None,
    };
    assert!(matches!(till.gateway.create(&free).await, Err(GatewayError::Invalid { .. })));

    let locked_out = till.with_key("sk_test_other").retrieve("pi_none").await;
    assert!(matches!(locked_out, Err(GatewayError::Misconfigured(_))), "{locked_out:?}");

    till.create(&order, "pm_card_visa").await.unwrap();
    // The order's key, with another payment method: a bug of ours, never a second intent.
    let reused = till.create(&order, "pm_card_mastercard").await;
    assert!(matches!(reused, Err(GatewayError::Misconfigured(_))), "{reused:?}");
}

fn refused_with<T>(outcome: &Result<T, GatewayError>, expected: &str) -> bool {
    matches!(outcome, Err(GatewayError::Refused { code, .. }) if code == expected)
}
