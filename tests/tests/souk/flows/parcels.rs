use serde_json::{Value, json};

use crate::support::{Api, Effects, Shelf, stack};

fn label(number: &str) -> Value {
    json!({ "carrier": "Speedy", "tracking_number": number })
}

/// A confirmed order of two units, one in `w1` and one in `w2`, with its work opened.
pub(super) async fn ordered(shopper: &Api) -> String {
    let operator = stack().sign_in("operator").await;
    let shelf = Shelf::stocked(&operator, 2000, 1).await;
    shelf.also_in("w2", 1).await;
    let placed = shopper.buy(&shelf.sku, 2, "pm_card_visa").await;
    let order_id = placed["order_id"].as_str().unwrap().to_owned();
    shopper.order_in(&order_id, "CONFIRMED").await;
    operator.settled(&order_id).await;
    operator.work(&order_id, "w2").await;
    order_id
}

pub(super) async fn packed(warehouse: &Api, order_id: &str, place: &str, parcels: Value) -> String {
    let path = format!("/admin/orders/{order_id}/fulfilments/{place}");
    warehouse.work(order_id, place).await;
    warehouse.post(&format!("{path}/claim"), json!({})).await.expect(200);
    warehouse.post(&format!("{path}/pack"), json!({ "parcels": parcels })).await.expect(200);
    path
}

#[tokio::test]
async fn each_warehouse_ships_by_itself_and_the_money_is_taken_once() {
    let (shopper, warehouse) = (stack().sign_in("shopper").await, stack().sign_in("warehouse").await);
    let order_id = ordered(&shopper).await;
    let first = format!("/admin/orders/{order_id}/fulfilments/w1");
    warehouse
        .post(&format!("{first}/ship"), json!({ "parcels": [label("1")] }))
        .await
        .expect_problem(409, "not-packed");
    let first = packed(&warehouse, &order_id, "w1", json!([])).await;
    warehouse.post(&format!("{first}/ship"), json!({})).await.expect_problem(422, "unprocessable");
    let unprintable = json!({ "parcels": [{ "carrier": " ", "tracking_number": "1" }] });
    let refused = warehouse.post(&format!("{first}/ship"), unprintable).await.expect_problem(400, "invalid-request");
    assert_eq!(refused.body["errors"][0]["field"], "parcels[0].carrier");

    for _ in 0..2 {
        let two = json!({ "parcels": [label("1"), label("2")] });
        let shipped = warehouse.post(&format!("{first}/ship"), two).await.expect(200).body;
        assert_eq!((&shipped["status"], &shipped["fulfilment"]), (&json!("CONFIRMED"), &json!("PARTIALLY_SHIPPED")));
        assert_eq!(shipped["shipments"][0]["parcels"][1]["tracking_number"], "2", "both are kept");
    }
    warehouse
        .post(&format!("{first}/ship"), json!({ "parcels": [label("9")] }))
        .await
        .expect_problem(409, "already-shipped");
    let seen = shopper.get(&format!("/orders/{order_id}")).await.expect(200).body;
    assert_eq!((&seen["fulfilment"], &seen["payment"]["status"]), (&json!("PARTIALLY_SHIPPED"), &json!("CAPTURED")));
    assert_eq!(seen["shipments"].as_array().unwrap().len(), 1, "only what has left is shown");
    let operator = stack().sign_in("operator").await;
    shopper.post(&format!("/orders/{order_id}/cancel"), json!({})).await.expect_problem(409, "partly-shipped");
    operator.post(&format!("/admin/orders/{order_id}/cancel"), json!({})).await.expect_problem(409, "partly-shipped");
    warehouse
        .post(&format!("/admin/orders/{order_id}/deliver"), json!({}))
        .await
        .expect_problem(409, "illegal-transition");

    // The labels that it was packed with.
    let second = packed(&warehouse, &order_id, "w2", json!([label("3")])).await;
    let shipped = warehouse.post(&format!("{second}/ship"), json!({})).await.expect(200).body;
    assert_eq!((&shipped["status"], &shipped["fulfilment"]), (&json!("SHIPPED"), &json!("SHIPPED")));
    assert_eq!(stack().effects(&order_id).await, Effects { authorizations: 1, captures: 1, voids: 0, refunds: 0 });

    let deliver = |path: &str, parcel: u32| {
        let (warehouse, path) = (warehouse.clone(), format!("{path}/parcels/{parcel}/deliver"));
        async move { warehouse.post(&path, json!({})).await.expect(200).body["status"].clone() }
    };
    assert_eq!(deliver(&first, 1).await, "SHIPPED");
    assert_eq!(deliver(&first, 2).await, "SHIPPED");
    assert_eq!(deliver(&second, 1).await, "DELIVERED");
    assert_eq!(deliver(&second, 1).await, "DELIVERED");
    warehouse.post(&format!("{second}/parcels/2/deliver"), json!({})).await.expect_problem(404, "not-found");
}

#[tokio::test]
async fn a_corrected_tracking_number_replaces_the_old_one_which_is_kept() {
    let (shopper, warehouse) = (stack().sign_in("shopper").await, stack().sign_in("warehouse").await);
    let order_id = ordered(&shopper).await;
    let path = packed(&warehouse, &order_id, "w1", json!([label("1")])).await;
    let parcel = format!("{path}/parcels/1");
    warehouse.post(&format!("{parcel}/deliver"), json!({})).await.expect_problem(409, "not-packed");
    warehouse.put(&parcel, label("2")).await.expect(200);
    warehouse.post(&format!("{path}/ship"), json!({})).await.expect(200);
    for _ in 0..2 {
        let corrected = warehouse.put(&parcel, label("3")).await.expect(200).body;
        let parcel = &corrected["shipments"][0]["parcels"][0];
        assert_eq!(parcel["tracking_number"], "3");
        let former: Vec<_> = parcel["former"].as_array().unwrap().iter().map(|old| &old["tracking_number"]).collect();
        assert_eq!(former, ["1", "2"]);
    }
    warehouse.put(&format!("{path}/parcels/2"), label("4")).await.expect_problem(404, "not-found");
    let refused = warehouse.put(&parcel, json!({ "carrier": "c", "tracking_number": "" })).await;
    assert_eq!(refused.expect_problem(400, "invalid-request").body["errors"][0]["field"], "tracking_number");
    for number in ["0", "x"] {
        let refused = warehouse.put(&format!("{path}/parcels/{number}"), label("4")).await;
        refused.expect_problem(400, "invalid-request");
    }
}

#[tokio::test]
async fn one_call_ships_all_that_is_left_and_keeps_every_number() {
    let (shopper, warehouse) = (stack().sign_in("shopper").await, stack().sign_in("warehouse").await);
    let order_id = ordered(&shopper).await;
    let ship = format!("/admin/orders/{order_id}/ship");
    let parcel =
        |place: &str, number: &str| json!({ "warehouse_id": place, "carrier": "Speedy", "tracking_number": number });
    let missing = json!({ "parcels": [parcel("w1", "1")] });
    warehouse.post(&ship, missing).await.expect_problem(422, "unprocessable");
    let strange = json!({ "parcels": [parcel("w1", "1"), parcel("w2", "2"), parcel("w9", "3")] });
    warehouse.post(&ship, strange).await.expect_problem(422, "unprocessable");
    let all = json!({ "parcels": [parcel("w1", "1"), parcel("w1", "2"), parcel("w2", "3")] });
    for _ in 0..2 {
        let shipped = warehouse.post(&ship, all.clone()).await.expect(200).body;
        assert_eq!(shipped["status"], "SHIPPED");
        let numbers: Vec<_> = shipped["shipments"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|shipment| shipment["parcels"].as_array().unwrap())
            .map(|parcel| parcel["tracking_number"].as_str().unwrap())
            .collect();
        assert_eq!(numbers, ["1", "2", "3"]);
    }
    let others = json!({ "parcels": [parcel("w1", "1"), parcel("w1", "9"), parcel("w2", "3")] });
    warehouse.post(&ship, others).await.expect_problem(409, "already-shipped");
}
