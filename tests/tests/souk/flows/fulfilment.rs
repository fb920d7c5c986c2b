use serde_json::json;

use crate::support::{Effects, Shelf, stack};

fn parcel() -> serde_json::Value {
    json!({ "carrier": "Speedy", "tracking_number": "SP-1" })
}

#[tokio::test]
async fn a_confirmed_order_is_captured_when_it_is_shipped_and_then_delivered() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let warehouse = stack().sign_in("warehouse").await;
    let shelf = Shelf::stocked(&operator, 3000, 4).await;
    let placed = shopper.buy(&shelf.sku, 2, "pm_card_visa").await;
    let order_id = placed["order_id"].as_str().unwrap();
    shopper.order_in(order_id, "CONFIRMED").await;
    operator.settled(order_id).await;

    let (ship, deliver) = (format!("/admin/orders/{order_id}/ship"), format!("/admin/orders/{order_id}/deliver"));
    shopper.post(&ship, parcel()).await.expect_problem(403, "forbidden");
    warehouse.post(&ship, json!({ "carrier": "Speedy" })).await.expect_problem(400, "invalid-request");
    let early = warehouse.post(&deliver, json!({})).await.expect_problem(409, "illegal-transition");
    assert_eq!(early.body["order_status"], "CONFIRMED");

    for _ in 0..2 {
        let shipped = warehouse.post(&ship, parcel()).await.expect(200);
        assert_eq!(shipped.body["status"], "SHIPPED");
        assert_eq!(shipped.body["shipments"][0]["parcels"][0]["tracking_number"], "SP-1");
    }
    assert_eq!(stack().effects(order_id).await, Effects { authorizations: 1, captures: 1, voids: 0, refunds: 0 });
    assert_eq!(shopper.order_in(order_id, "SHIPPED").await["payment"]["status"], "CAPTURED");
    shopper.post(&format!("/orders/{order_id}/cancel"), json!({})).await.expect_problem(409, "illegal-transition");

    for _ in 0..2 {
        assert_eq!(warehouse.post(&deliver, json!({})).await.expect(200).body["status"], "DELIVERED");
    }
    let story = operator.settled(order_id).await;
    let statuses: Vec<_> = story["history"].as_array().unwrap().iter().map(|entry| &entry["status"]).collect();
    assert_eq!(statuses, ["PENDING_PAYMENT", "CONFIRMED", "SHIPPED", "DELIVERED"]);
    assert_eq!(shelf.numbers().await, (2, 0, 2));
}

#[tokio::test]
async fn what_is_not_confirmed_cannot_be_shipped() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let warehouse = stack().sign_in("warehouse").await;
    let shelf = Shelf::stocked(&operator, 3000, 4).await;
    let placed = shopper.buy(&shelf.sku, 1, "pm_card_chargeDeclined").await;
    let order_id = placed["order_id"].as_str().unwrap();
    shopper.declined(order_id).await;
    let ship = async || warehouse.post(&format!("/admin/orders/{order_id}/ship"), parcel()).await;
    assert_eq!(ship().await.expect_problem(409, "illegal-transition").body["order_status"], "PENDING_PAYMENT");
    shopper.cancel(order_id).await;
    assert_eq!(ship().await.expect_problem(409, "illegal-transition").body["order_status"], "CANCELLED");
    let nobody = format!("/admin/orders/ord_{}/ship", "0".repeat(32));
    warehouse.post(&nobody, parcel()).await.expect_problem(404, "not-found");
}

#[tokio::test]
async fn a_lapsed_authorisation_is_found_at_shipment_and_cancels_the_order() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let shelf = Shelf::stocked(&operator, 3000, 1).await;
    let placed = shopper.buy(&shelf.sku, 1, "pm_card_visa").await;
    let order_id = placed["order_id"].as_str().unwrap();
    shopper.order_in(order_id, "CONFIRMED").await;
    operator.settled(order_id).await;
    stack().expire_authorization(order_id).await;

    let ship = format!("/admin/orders/{order_id}/ship");
    let warehouse = stack().sign_in("warehouse").await;
    for _ in 0..2 {
        warehouse.post(&ship, parcel()).await.expect_problem(409, "authorization-lapsed");
    }
    let ended = shopper.get(&format!("/orders/{order_id}")).await.expect(200).body;
    assert_eq!((&ended["status"], &ended["failure"]["reason"]), (&json!("CANCELLED"), &json!("authorization_lapsed")));
    operator.settled(order_id).await;
    assert_eq!(stack().effects(order_id).await.captures, 0);
    assert_eq!(shelf.numbers().await, (1, 0, 1), "the unit is for sale again");
}
