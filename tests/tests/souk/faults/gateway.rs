use futures_util::future::join_all;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{buy_whatever_dies, reaches};
use crate::support::{Api, REST, Shelf, assert_agreement, eventually, fresh, order_of, stack};

/// What may go wrong with a request to the gateway, and with the delivery of its events.
const REQUEST_FAULTS: [&str; 6] = [
    "timeout_after_effect",
    "timeout_before_effect",
    "server_error",
    "server_error_after_effect",
    "rate_limited",
    "slow",
];
const WEBHOOK_FAULTS: [&str; 5] = ["duplicate", "early", "late", "lost", "reordered"];

/// How an order is driven so that the operation is asked for.
async fn drive(operation: &str, shopper: &Api, operator: &Api, warehouse: &Api, order_id: &str) {
    let parcel = json!({ "carrier": "Speedy", "tracking_number": "SP-1" });
    match operation {
        "capture" => {
            reaches(shopper, order_id, "CONFIRMED").await;
            // The warehouse asks until it hears an answer: its call may have died at the gateway.
            for _ in 0..10 {
                let reply = warehouse.post(&format!("/admin/orders/{order_id}/ship"), parcel.clone()).await;
                if reply.status == 200 {
                    return;
                }
                assert!(reply.status >= 500 || reply.status == 409, "{}", reply.body);
            }
        }
        "cancel" => {
            reaches(shopper, order_id, "CONFIRMED").await;
            operator.post(&format!("/admin/orders/{order_id}/cancel"), json!({})).await.expect(200);
        }
        _ => {}
    }
}

async fn one(fault: Value, operation: &str) {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let warehouse = stack().sign_in("warehouse").await;
    let shelf = Shelf::stocked(&operator, 2500, 3).await;
    let method = if operation == "webhook" { "pm_card_authenticationRequired" } else { "pm_card_visa" };
    let Some(order_id) = buy_whatever_dies(&shopper, &shelf.sku, method).await else { return };
    let mut rule = fault;
    rule["order_id"] = json!(order_id);
    stack().fault(rule).await;
    if operation == "webhook" {
        let intent = eventually("an intent", REST, || async {
            let intents = stack().intents(&order_id).await;
            intents.iter().find(|i| i["status"] == "requires_action").and_then(|i| i["id"].as_str().map(str::to_owned))
        })
        .await;
        stack().authenticate(&intent, "succeed").await;
    }
    drive(operation, &shopper, &operator, &warehouse, &order_id).await;
    assert_agreement(stack(), &operator, &shelf, &[order_id], 3, 1).await;
}

#[tokio::test]
async fn invariant_i6_no_fault_of_the_gateway_strands_money_or_units() {
    let requests = ["confirm", "capture", "cancel"].into_iter().flat_map(|operation| {
        REQUEST_FAULTS.map(|fault| one(json!({ "operation": operation, "fault": fault, "times": 2 }), operation))
    });
    join_all(requests).await;
}

#[tokio::test]
async fn invariant_i7_webhooks_lost_late_early_or_repeated_change_nothing_in_the_end() {
    join_all(WEBHOOK_FAULTS.map(|fault| one(json!({ "fault": fault, "times": 3 }), "webhook"))).await;
}

/// The bank holds the money, and nobody hears so until the time to pay is over.
#[tokio::test]
async fn a_paid_order_is_not_cancelled_by_a_clock() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let shelf = Shelf::stocked(&operator, 2500, 1).await;
    let checkout = shopper.check_out(&shelf.sku, 1).await.expect(201);
    let order_id = order_of(checkout.text("checkout_id"));
    for (operation, fault) in [("confirm", "timeout_after_effect"), ("retrieve", "server_error")] {
        let rule = json!({ "operation": operation, "fault": fault, "order_id": order_id, "times": 1000 });
        stack().fault(rule).await;
    }
    shopper.order(&fresh("key"), checkout.text("checkout_id"), "pm_card_visa").await.expect(201);
    let story = operator.get(&format!("/admin/orders/{order_id}")).await.expect(200).body;
    let pay_by: Timestamp = story["pay_by"].as_str().unwrap().parse().unwrap();
    eventually("its time to pay is over", REST, || async { (Timestamp::now() > pay_by).then_some(()) }).await;
    assert_eq!(stack().effects(&order_id).await.authorizations, 1);
    assert_eq!(shopper.get(&format!("/orders/{order_id}")).await.expect(200).body["status"], "PENDING_PAYMENT");
    stack().mend(&order_id).await;
    reaches(&shopper, &order_id, "CONFIRMED").await;
    assert_agreement(stack(), &operator, &shelf, &[order_id], 1, 1).await;
}
