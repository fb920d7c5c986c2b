//! What the reconciliation does about payments that the gateway has and Souk does not account for, and
//! what an operator sees of an order.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Api, Shelf, Stack, eventually, stack};

/// Younger payments are left to the saga, and another run may be at it.
const RECONCILED: Duration = Duration::from_secs(120);

/// An order of the only unit of its shelf: confirmed, and its money held.
async fn one_that_waits(operator: &Api, shopper: &Api) -> (Shelf, String) {
    let shelf = Shelf::stocked(operator, 500, 1).await;
    let placed = shopper.buy(&shelf.sku, 1, "pm_card_visa").await;
    let order_id = placed["order_id"].as_str().unwrap().to_owned();
    shopper.order_in(&order_id, "CONFIRMED").await;
    operator.settled(&order_id).await;
    (shelf, order_id)
}

impl Stack {
    /// Holds money for an order behind Souk's back.
    async fn authorize_aside(&self, order_id: &str) -> String {
        let form = format!(
            "amount=500&currency=usd&capture_method=manual&payment_method=pm_card_visa\
             &payment_method_types%5B%5D=card&metadata%5Border_id%5D={order_id}&confirm=true"
        );
        let request = reqwest::Client::new()
            .post(format!("{}/v1/payment_intents", self.gateway_url))
            .bearer_auth(&self.gateway_api_key)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        let intent: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(intent["status"], "requires_capture", "{intent}");
        intent["id"].as_str().unwrap().to_owned()
    }

    /// Six days and 23 hours later.
    async fn nears_its_end(&self, order_id: &str) {
        let intent = self.intents(order_id).await[0]["id"].as_str().unwrap().to_owned();
        self.at_the_gateway(&format!("intents/{intent}/age"), json!({ "seconds": 3600 })).await;
        let (id, end) = (format!("order#{order_id}"), jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1));
        let near = souk_dynamo::Update::new()
            .set("capture_before", souk_dynamo::n(end.as_millisecond()))
            .set("attention_at", souk_dynamo::n(end.as_millisecond()));
        assert!(self.table("PaymentsTable").await.update(&[("id", &id)], near).await.unwrap().is_written());
    }

    async fn intent_status(&self, order_id: &str, intent_id: &str) -> String {
        let intents = self.intents(order_id).await;
        let object = |shown: &Value| if shown["intent"].is_object() { shown["intent"].clone() } else { shown.clone() };
        let intent = intents.iter().map(object).find(|intent| intent["id"] == intent_id).unwrap();
        intent["status"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn invariant_i6_money_that_no_record_accounts_for_is_given_back_and_no_other() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let shelf = Shelf::stocked(&operator, 500, 2).await;
    let mut stray = Vec::new();
    for cancelled in [true, false] {
        let placed = shopper.buy(&shelf.sku, 1, "pm_card_visa").await;
        let order_id = placed["order_id"].as_str().unwrap().to_owned();
        shopper.order_in(&order_id, "CONFIRMED").await;
        operator.settled(&order_id).await;
        if cancelled {
            shopper.post(&format!("/orders/{order_id}/cancel"), json!({})).await.expect(200);
            operator.settled(&order_id).await;
        }
        let intent_id = stack().authorize_aside(&order_id).await;
        stray.push((order_id, intent_id));
    }
    // The reconciliation leaves what is so young alone; it is looked at as it stands.
    let found = stack().violations_of(&[stray[1].0.as_str()]).await;
    assert_eq!((&found[0]["violation"], &found[0]["intent_id"]), (&json!("money_aside"), &json!(stray[1].1)));
    eventually("the stray payments are cancelled", RECONCILED, || async {
        stack().job("ReconcilePayments").await;
        for (order_id, intent_id) in &stray {
            if stack().intent_status(order_id, intent_id).await != "canceled" {
                return None;
            }
        }
        Some(())
    })
    .await;
    let effects = stack().effects(&stray[1].0).await;
    assert_eq!((effects.authorizations, effects.voids), (2, 1), "the confirmed order keeps its own money");
    shopper.order_in(&stray[1].0, "CONFIRMED").await;
}

#[tokio::test]
async fn an_authorisation_that_has_lapsed_cancels_its_order_and_says_why() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let (shelf, order_id) = one_that_waits(&operator, &shopper).await;
    let order_id = order_id.as_str();
    stack().expire_authorization(order_id).await;
    is_cancelled_for_want_of_money(&shopper, order_id).await;
    operator.settled(order_id).await;
    assert_eq!(shelf.numbers().await, (1, 0, 1), "the unit is for sale again");
}

#[tokio::test]
async fn what_cannot_leave_before_its_money_is_let_go_of_is_cancelled_in_time() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let shelf = Shelf::stocked(&operator, 500, 1).await;
    // The bank wants to see the shopper each time, who is not there when the money is to be held anew.
    let placed = shopper.buy_before_the_bank(&shelf.sku).await;
    let order_id = placed["order_id"].as_str().unwrap();
    stack().pass_challenge(order_id).await;
    shopper.order_in(order_id, "CONFIRMED").await;
    operator.settled(order_id).await;
    stack().nears_its_end(order_id).await;
    is_cancelled_for_want_of_money(&shopper, order_id).await;
    operator.settled(order_id).await;
    let effects = stack().effects(order_id).await;
    assert_eq!((effects.authorizations, effects.voids, effects.captures), (1, 1, 0), "nothing stays on the card");
    let known = operator.get(&format!("/admin/orders/{order_id}")).await.expect(200).body;
    assert_eq!(known["payment"]["renewal_refusal"], "authentication_required");
}

#[tokio::test]
async fn money_of_an_order_that_waits_is_held_anew_and_shipped_with() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let (_shelf, order_id) = one_that_waits(&operator, &shopper).await;
    let order_id = order_id.as_str();
    stack().nears_its_end(order_id).await;
    eventually("the money is held anew", RECONCILED, || async {
        stack().job("SweepAuthorizations").await;
        let own = shopper.get(&format!("/orders/{order_id}")).await.expect(200).body;
        let known = operator.get(&format!("/admin/orders/{order_id}")).await.expect(200).body;
        let renewed = own["payment"]["renewed_at"].is_string() && known["payment"]["renewal"].is_null();
        renewed.then_some(())
    })
    .await;
    let effects = stack().effects(order_id).await;
    assert_eq!((effects.authorizations, effects.voids, effects.captures), (2, 1, 0), "one hold is on the card");
    let parcel = json!({ "carrier": "Speedy", "tracking_number": "S-1" });
    operator.post(&format!("/admin/orders/{order_id}/ship"), parcel).await.expect(200);
    let effects = stack().effects(order_id).await;
    assert_eq!((effects.captures, effects.refunds), (1, 0));
}

/// The sweeper over authorisations cancels the order, and its shopper reads why.
async fn is_cancelled_for_want_of_money(shopper: &Api, order_id: &str) {
    eventually("the order is cancelled", RECONCILED, || async {
        stack().job("SweepAuthorizations").await;
        let own = shopper.get(&format!("/orders/{order_id}")).await.expect(200).body;
        (own["status"] == "CANCELLED" && own["failure"]["reason"] == "authorization_lapsed").then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_operator_sees_an_orders_events_beside_its_transitions() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let shelf = Shelf::stocked(&operator, 500, 1).await;
    // What the gateway says of a payment that nobody waits for is not remembered: here the shopper's bank is waited for.
    let placed = shopper.buy_before_the_bank(&shelf.sku).await;
    let order_id = placed["order_id"].as_str().unwrap();
    stack().pass_challenge(order_id).await;
    shopper.order_in(order_id, "CONFIRMED").await;
    let entries = eventually("the gateway's events", Duration::from_secs(20), || async {
        let path = format!("/admin/orders/{order_id}/timeline");
        let entries = operator.get(&path).await.expect(200).body["entries"].as_array().unwrap().clone();
        let is_heard = |entry: &Value| entry["what"]["event_type"] == "payment_intent.amount_capturable_updated";
        entries.iter().any(is_heard).then_some(entries)
    })
    .await;
    let told: Vec<_> = entries.iter().filter_map(|entry| entry["what"]["published"].as_array()).flatten().collect();
    assert_eq!(told, ["OrderPlaced", "OrderConfirmed"]);
    let heard = entries.iter().find(|entry| entry["by"] == "gateway").unwrap();
    assert!(heard["what"]["event_id"].as_str().unwrap().starts_with("evt_") && heard["at"].is_string(), "{heard}");
}
