use reqwest::Method;
use serde_json::json;

use crate::support::{Effects, Shelf, fresh, order_of, stack};

#[tokio::test]
async fn a_shopper_who_authenticates_is_confirmed_through_the_webhook() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let shelf = Shelf::stocked(&operator, 4200, 2).await;
    let waiting = shopper.buy_before_the_bank(&shelf.sku).await;
    let order_id = waiting["order_id"].as_str().unwrap();
    assert_eq!(waiting["status"], "PENDING_PAYMENT");
    assert!(waiting["payment"]["client_secret"].is_string(), "the shopper's browser needs it");
    stack().pass_challenge(order_id).await;
    let order = shopper.order_in(order_id, "CONFIRMED").await;
    assert!(order["payment"].get("client_secret").is_none(), "it is of no use any more");
    operator.settled(order_id).await;
    assert_eq!(shelf.numbers().await, (1, 0, 1));
}

#[tokio::test]
async fn invariant_i7_a_payment_never_completed_ends_cancelled_and_frees_its_units() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let shelf = Shelf::stocked(&operator, 4200, 2).await;
    let placed = shopper.buy(&shelf.sku, 2, "pm_card_authenticationRequired").await;
    let order_id = placed["order_id"].as_str().unwrap();
    let ended = shopper.lapsed(order_id).await;
    assert_eq!(ended["failure"]["reason"], "payment_expired");
    operator.settled(order_id).await;
    assert_eq!(shelf.numbers().await, (2, 0, 2));
    assert_eq!(stack().effects(order_id).await.authorizations, 0);
}

#[tokio::test]
async fn an_answer_lost_after_the_authorisation_is_resolved_by_asking() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    for operation in ["create", "confirm"] {
        let shelf = Shelf::stocked(&operator, 900, 1).await;
        let checkout = shopper.check_out(&shelf.sku, 1).await.expect(201);
        let order_id = order_of(checkout.text("checkout_id"));
        stack()
            .fault(json!({ "operation": operation, "fault": "timeout_after_effect", "order_id": order_id, "times": 1 }))
            .await;
        let placed = shopper.order(&fresh("key"), checkout.text("checkout_id"), "pm_card_visa").await.expect(201);
        assert_eq!(placed.text("order_id"), order_id);
        shopper.order_in(&order_id, "CONFIRMED").await;
        operator.settled(&order_id).await;
        assert_eq!(
            stack().effects(&order_id).await,
            Effects { authorizations: 1, captures: 0, voids: 0, refunds: 0 },
            "{operation}"
        );
        assert_eq!(shelf.numbers().await, (0, 0, 0));
    }
}

#[tokio::test]
async fn a_webhook_without_a_good_signature_is_refused() {
    let gateway = stack().guest();
    let body = json!({ "id": "evt_1", "type": "payment_intent.succeeded", "created": 1, "data": { "object": {} } });
    for signature in ["", "t=1,v1=00", "t=x", "v1=00"] {
        gateway
            .send(Method::POST, "/webhooks/payments", &[("stripe-signature", signature)], Some(body.clone()))
            .await
            .expect_problem(401, "bad-signature");
    }
    gateway.post("/webhooks/payments", body).await.expect_problem(401, "bad-signature");
}
