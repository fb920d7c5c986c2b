//! Whose payment method it is, and who may use it again.

use crate::client::{Answer, Gateway, create_body};

async fn customer(gateway: &Gateway) -> String {
    gateway.post("/v1/customers", "metadata[user_id]=ann").await.id().to_owned()
}

/// An intent that was paid with this, and whose method is kept for the customer, where there is one.
async fn paid(gateway: &Gateway, order_id: &str, method: &str, customer: Option<&str>) -> Answer {
    let kept = customer.map(|id| format!("&customer={id}&setup_future_usage=off_session")).unwrap_or_default();
    let created = gateway.post("/v1/payment_intents", &format!("{}{kept}", create_body(order_id, method))).await;
    gateway.act(created.id(), "confirm").await
}

async fn again(gateway: &Gateway, method: &str, customer: Option<&str>) -> Answer {
    let whose = customer.map(|id| format!("&customer={id}")).unwrap_or_default();
    gateway.post("/v1/payment_intents", &format!("{}{whose}", create_body("again", method))).await
}

#[tokio::test]
async fn a_method_pays_again_for_the_customer_it_was_attached_to_and_for_nobody_else() {
    let gateway = Gateway::start().await;
    let (ann, bea) = (customer(&gateway).await, customer(&gateway).await);
    let first = paid(&gateway, "first", "pm_card_visa", Some(&ann)).await;
    let method = first.json["payment_method"].as_str().unwrap();
    assert_ne!(method, "pm_card_visa", "each use of the token is a method of its own");
    let second = again(&gateway, method, Some(&ann)).await;
    let confirmed = gateway.post(&format!("/v1/payment_intents/{}/confirm", second.id()), "off_session=true").await;
    assert_eq!((confirmed.status, &confirmed.json["payment_method"]), (200, &first.json["payment_method"]));
    for another in [Some(bea.as_str()), None] {
        let refused = again(&gateway, method, another).await;
        assert_eq!((refused.status, refused.code()), (400, "resource_missing"), "{another:?}");
        assert_eq!(refused.json["error"]["param"], "payment_method");
    }
}

#[tokio::test]
async fn a_method_that_is_attached_to_nobody_pays_once() {
    let gateway = Gateway::start().await;
    let ann = customer(&gateway).await;
    let first = paid(&gateway, "first", "pm_card_visa", None).await;
    let method = first.json["payment_method"].as_str().unwrap();
    for whose in [Some(ann.as_str()), None] {
        let refused = again(&gateway, method, whose).await;
        assert_eq!((refused.status, refused.code()), (400, ""), "Stripe gives no code");
        assert!(refused.json["error"]["message"].as_str().unwrap().contains("may not be used again"));
    }
    // Of what was declined nothing is attached, and the token is as good as new.
    let declined = gateway.intent("declined", "pm_card_chargeDeclined").await;
    gateway.act(&declined, "confirm").await;
    assert_eq!(again(&gateway, "pm_nobody_card_visa", Some(&ann)).await.code(), "resource_missing");
}

#[tokio::test]
async fn who_is_not_there_cannot_be_challenged() {
    let gateway = Gateway::start().await;
    let id = gateway.intent("away", "pm_card_authenticationRequired").await;
    let declined = gateway.post(&format!("/v1/payment_intents/{id}/confirm"), "off_session=true").await;
    assert_eq!((declined.status, declined.code()), (402, "authentication_required"));
    assert_eq!(declined.json["error"]["payment_intent"]["status"], "requires_payment_method");
}

#[tokio::test]
async fn nobody_pays_for_a_customer_who_is_not_there() {
    let gateway = Gateway::start().await;
    let ann = customer(&gateway).await;
    gateway.try_request(axum::http::Method::DELETE, "/__fake/customers", &[], "").await.unwrap();
    let refused = again(&gateway, "pm_card_visa", Some(&ann)).await;
    assert_eq!((refused.status, refused.code()), (400, "resource_missing"));
    assert_eq!(refused.json["error"]["param"], "customer");
}
