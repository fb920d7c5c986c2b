use serde_json::{Value, json};

use crate::support::{Api, eventually, for_sale, fresh, list, stack};

/// A confirmed order of one unit in a warehouse of the test's own, and the path of its fulfilment.
async fn ordered(shopper: &Api, place: &str) -> (String, String) {
    let operator = stack().sign_in("operator").await;
    let sku = fresh("sku");
    list(&operator, &sku).await;
    let price = json!({ "price": { "amount": 1500, "currency": "USD" } });
    operator.put(&format!("/admin/prices/{sku}"), price).await.expect(201);
    operator.put(&format!("/admin/inventory/{sku}/{place}"), json!({ "quantity": 1 })).await.expect(201);
    for_sale(&sku).await;
    let placed = shopper.buy(&sku, 1, "pm_card_visa").await;
    let order_id = placed["order_id"].as_str().unwrap().to_owned();
    shopper.order_in(&order_id, "CONFIRMED").await;
    operator.settled(&order_id).await;
    operator.work(&order_id, place).await;
    let path = format!("/admin/orders/{order_id}/fulfilments/{place}");
    (order_id, path)
}

/// Somebody who works in these groups' warehouses.
async fn staff(groups: &[&str]) -> Api {
    let tokens = stack().person(groups).await.sign_in(stack()).await;
    Api::new(&stack().api_url, Some(tokens.access))
}

#[tokio::test]
async fn a_warehouse_sees_its_work_and_packs_it() {
    let place = fresh("place");
    let (shopper, warehouse) = (stack().sign_in("shopper").await, stack().sign_in("warehouse").await);
    let (order_id, path) = ordered(&shopper, &place).await;
    let list = format!("/admin/warehouses/{place}/fulfilments");
    let page = warehouse.get(&list).await.expect(200).body;
    let work = &page["fulfilments"][0];
    assert_eq!(
        (&work["order_id"], &work["state"], &work["items"][0]["quantity"]),
        (&json!(order_id), &json!("NEW"), &json!(1))
    );
    assert_eq!((&work["shipping_address"]["city"], &work["cancel_requested"]), (&json!("London"), &json!(false)));
    assert!(work["capture_before"].is_string() && page["cursor"].is_null(), "{page}");
    let promise = shopper.get(&format!("/orders/{order_id}")).await.expect(200).body["promise"].clone();
    assert!(promise["leave_by"].as_str() < promise["arrive_by"].as_str(), "{promise}");
    assert_eq!((&work["promise"], &work["late"]), (&promise, &json!(false)));

    for _ in 0..2 {
        let claimed = warehouse.post(&format!("{path}/claim"), json!({})).await.expect(200).body;
        assert_eq!(claimed["state"], "PICKING");
    }
    assert_eq!(warehouse.get(&format!("{list}?status=NEW")).await.expect(200).body["fulfilments"], json!([]));
    let picked = warehouse.get(&format!("{list}?status=PICKING&limit=1")).await.expect(200).body;
    assert_eq!(picked["fulfilments"][0]["order_id"], json!(order_id));
    let operator = stack().sign_in("operator").await;
    operator.post(&format!("{path}/claim"), json!({})).await.expect_problem(409, "claimed-by-another");
    let colleague = stack().person(&["warehouse"]).await.sign_in(stack()).await.access;
    let released = stack().guest().with_token(&colleague).post(&format!("{path}/release"), json!({})).await;
    released.expect_problem(409, "claimed-by-another");
    operator.post(&format!("{path}/pack"), json!({})).await.expect_problem(409, "claimed-by-another");

    for _ in 0..2 {
        assert_eq!(warehouse.post(&format!("{path}/pack"), json!({})).await.expect(200).body["state"], "PACKED");
    }
    let cancel = format!("/orders/{order_id}/cancel");
    shopper.post(&cancel, json!({})).await.expect_problem(409, "already-packed");
    assert_eq!(shopper.get(&format!("/orders/{order_id}")).await.expect(200).body["fulfilment"], "PACKED");
    let again = warehouse.post(&format!("{path}/claim"), json!({})).await.expect_problem(409, "illegal-transition");
    assert_eq!(again.body["fulfilment_state"], "PACKED");
    warehouse.post(&format!("{path}/release"), json!({})).await.expect_problem(409, "illegal-transition");
    // An operator still may.
    operator.post(&format!("/admin{cancel}"), json!({})).await.expect(200);
    eventually("the list is empty", std::time::Duration::from_secs(20), || async {
        let page = warehouse.get(&list).await.expect(200).body;
        (page["fulfilments"] == json!([])).then_some(())
    })
    .await;
    warehouse.post(&format!("{path}/ship"), json!({})).await.expect_problem(409, "illegal-transition");
}

#[tokio::test]
async fn while_it_is_picked_a_customers_cancellation_is_a_question() {
    let place = fresh("place");
    let (shopper, warehouse) = (stack().sign_in("shopper").await, stack().sign_in("warehouse").await);
    let (order_id, path) = ordered(&shopper, &place).await;
    let post = |step: &str, body: Value| {
        let (warehouse, path) = (warehouse.clone(), format!("{path}/{step}"));
        async move { warehouse.post(&path, body).await }
    };
    let cancel = format!("/orders/{order_id}/cancel");
    post("claim", json!({})).await.expect(200);
    for _ in 0..2 {
        assert_eq!(shopper.post(&cancel, json!({})).await.expect(202).body["status"], "CONFIRMED");
    }
    assert_eq!(warehouse.get(&path).await.expect(200).body["cancel_requested"], true);
    post("pack", json!({})).await.expect_problem(409, "cancel-requested");
    let released = post("release", json!({})).await.expect(200).body;
    assert_eq!(released["order_status"], "CANCELLED");
    assert_eq!(shopper.order_in(&order_id, "CANCELLED").await["failure"]["reason"], "customer");
    post("claim", json!({})).await.expect_problem(409, "illegal-transition");

    let (order_id, path) = ordered(&shopper, &place).await;
    warehouse.post(&format!("{path}/claim"), json!({})).await.expect(200);
    shopper.post(&format!("/orders/{order_id}/cancel"), json!({})).await.expect(202);
    warehouse.post(&format!("{path}/pack"), json!({ "anyway": true })).await.expect(200);
    shopper.post(&format!("/orders/{order_id}/cancel"), json!({})).await.expect_problem(409, "already-packed");
}

#[tokio::test]
async fn a_cancellation_before_anybody_picks_is_carried_out_and_found_by_whoever_packs() {
    let place = fresh("place");
    let (shopper, warehouse) = (stack().sign_in("shopper").await, stack().sign_in("warehouse").await);
    let (order_id, path) = ordered(&shopper, &place).await;
    shopper.post(&format!("/orders/{order_id}/cancel"), json!({})).await.expect(200);
    for step in ["claim", "pack", "ship"] {
        let refused = warehouse.post(&format!("{path}/{step}"), json!({})).await;
        refused.expect_problem(409, "illegal-transition");
    }
}

#[tokio::test]
async fn a_warehouses_staff_works_in_its_own_and_sees_no_other() {
    let place = fresh("place");
    let shopper = stack().sign_in("shopper").await;
    let (_, path) = ordered(&shopper, &place).await;
    let own = format!("warehouse:{place}");
    let (own, other) = (staff(&[&own]).await, staff(&["warehouse:elsewhere"]).await);
    let list = format!("/admin/warehouses/{place}/fulfilments");
    for path in [&list, &path] {
        own.get(path).await.expect(200);
        other.get(path).await.expect_problem(404, "not-found");
        shopper.get(path).await.expect_problem(403, "forbidden");
    }
    let shelf = format!(
        "/admin/inventory/{}/{place}",
        own.get(&path).await.expect(200).body["items"][0]["sku"].as_str().unwrap()
    );
    let (notes, note) = (path.replace(&format!("fulfilments/{place}"), "notes"), json!({ "text": "Fragile." }));
    own.post(&notes, note.clone()).await.expect(201);
    other.post(&notes, note.clone()).await.expect_problem(404, "not-found");
    shopper.post(&notes, note).await.expect_problem(403, "forbidden");
    let lies = json!({ "place": "A-12-3" });
    other.put(&format!("{shelf}/place"), lies.clone()).await.expect_problem(404, "not-found");
    shopper.put(&format!("{shelf}/place"), lies.clone()).await.expect_problem(403, "forbidden");
    stack().guest().put(&format!("{shelf}/place"), lies.clone()).await.expect(401);
    own.put(&format!("{shelf}/place"), lies).await.expect(200);
    for step in ["claim", "release", "pack", "ship", "parcels/1/deliver"] {
        other.post(&format!("{path}/{step}"), json!({})).await.expect_problem(404, "not-found");
        shopper.post(&format!("{path}/{step}"), json!({})).await.expect_problem(403, "forbidden");
    }
    own.post(&format!("{path}/claim"), json!({})).await.expect(200);
    assert_eq!(own.post(&format!("{path}/release"), json!({})).await.expect(200).body["fulfilment"]["state"], "NEW");
}

#[tokio::test]
async fn a_picker_is_told_where_each_unit_lies() {
    let place = fresh("place");
    let (shopper, warehouse) = (stack().sign_in("shopper").await, stack().sign_in("warehouse").await);
    let (_, path) = ordered(&shopper, &place).await;
    let item = async || warehouse.get(&path).await.expect(200).body["items"][0].clone();
    let sku = item().await["sku"].as_str().unwrap().to_owned();
    assert!(item().await["place"].is_null(), "none is kept");
    let shelf = format!("/admin/inventory/{sku}/{place}/place");
    for (text, kept) in [("A-12-3", "A-12-3"), (" Regal 7 ", "Regal 7"), ("Regal 7", "Regal 7")] {
        let row = warehouse.put(&shelf, json!({ "place": text })).await.expect(200);
        assert_eq!((row.text("place"), &row.body["quantity"]), (kept, &json!(0)), "its unit has left the books");
        // The list reads eventually.
        eventually("the place", std::time::Duration::from_secs(20), || async {
            let page = warehouse.get(&format!("/admin/warehouses/{place}/fulfilments")).await.expect(200).body;
            (page["fulfilments"][0]["items"][0]["place"] == kept).then_some(())
        })
        .await;
    }
    for text in [json!(""), json!("-"), json!("A\nB"), json!("x".repeat(33)), json!(7)] {
        let refused = warehouse.put(&shelf, json!({ "place": text })).await;
        refused.expect_problem(400, "invalid-request").about_field("place");
    }
    // Nothing said is not "nowhere".
    warehouse.put(&shelf, json!({})).await.expect_problem(400, "invalid-request");
    let nowhere = format!("/admin/inventory/{sku}/elsewhere/place");
    warehouse.put(&nowhere, json!({ "place": "A-1" })).await.expect_problem(404, "not-found");
    let taken_away = warehouse.put(&shelf, json!({ "place": null })).await.expect(200);
    assert!(taken_away.body["place"].is_null(), "{}", taken_away.body);
}

#[tokio::test]
async fn a_list_refuses_what_it_does_not_know() {
    let warehouse = stack().sign_in("warehouse").await;
    let list = "/admin/warehouses/w1/fulfilments";
    for query in ["status=SHIPPED", "limit=0", "limit=101", "cursor=x", "state=NEW"] {
        warehouse.get(&format!("{list}?{query}")).await.expect_problem(400, "invalid-request");
    }
    let nobody = format!("/admin/orders/ord_{}/fulfilments/w1", "0".repeat(32));
    warehouse.get(&nobody).await.expect_problem(404, "not-found");
    for step in ["claim", "release", "pack", "ship", "parcels/1/deliver"] {
        warehouse.post(&format!("{nobody}/{step}"), json!({})).await.expect_problem(404, "not-found");
    }
    let found = json!({ "sku": "s", "found": 0 });
    warehouse.post(&format!("{nobody}/shortages"), found).await.expect_problem(404, "not-found");
    let label = json!({ "carrier": "c", "tracking_number": "t" });
    warehouse.put(&format!("{nobody}/parcels/1"), label).await.expect_problem(404, "not-found");
}

#[tokio::test]
async fn what_is_shipped_as_a_whole_leaves_the_list() {
    let place = fresh("place");
    let (shopper, warehouse) = (stack().sign_in("shopper").await, stack().sign_in("warehouse").await);
    let (order_id, _) = ordered(&shopper, &place).await;
    let label = json!({ "carrier": "Speedy", "tracking_number": "SP-1" });
    warehouse.post(&format!("/admin/orders/{order_id}/ship"), label).await.expect(200);
    let list = format!("/admin/warehouses/{place}/fulfilments");
    eventually("the list is empty", std::time::Duration::from_secs(20), || async {
        let page = warehouse.get(&list).await.expect(200).body;
        (page["fulfilments"] == json!([])).then_some(())
    })
    .await;
    assert_eq!(warehouse.work(&order_id, &place).await["state"], "SHIPPED");
}

/// A confirmed order of these units of two SKUs of one warehouse, which is being picked, and the path of its fulfilment.
pub(super) async fn picked(shopper: &Api, warehouse: &Api, units: [(&str, u32); 2], place: &str) -> (String, String) {
    let operator = stack().sign_in("operator").await;
    let mut lines = Vec::new();
    for (sku, quantity) in units {
        list(&operator, sku).await;
        let price = json!({ "price": { "amount": 1500, "currency": "USD" } });
        operator.put(&format!("/admin/prices/{sku}"), price).await.expect(201);
        operator.put(&format!("/admin/inventory/{sku}/{place}"), json!({ "quantity": 5 })).await.expect(201);
        for_sale(sku).await;
        lines.push(json!({ "sku": sku, "quantity": quantity }));
    }
    let checkout = shopper.post("/checkouts", json!({ "lines": lines })).await.expect(201).body;
    let checkout_id = checkout["checkout_id"].as_str().unwrap();
    let placed = shopper.order(&fresh("key"), checkout_id, "pm_card_visa").await.expect(201).body;
    let order_id = placed["order_id"].as_str().unwrap().to_owned();
    shopper.order_in(&order_id, "CONFIRMED").await;
    operator.settled(&order_id).await;
    operator.work(&order_id, place).await;
    let path = format!("/admin/orders/{order_id}/fulfilments/{place}");
    warehouse.post(&format!("{path}/claim"), json!({})).await.expect(200);
    (order_id, path)
}

#[tokio::test]
async fn what_is_missing_is_neither_sent_nor_paid_and_the_rest_is() {
    let (place, tea, pot) = (fresh("place"), fresh("tea"), fresh("pot"));
    let person = stack().person(&[]).await;
    let shopper = Api::new(&stack().api_url, Some(person.sign_in(stack()).await.access));
    let (warehouse, operator) = (stack().sign_in("warehouse").await, stack().sign_in("operator").await);
    let (order_id, path) = picked(&shopper, &warehouse, [(&tea, 2), (&pot, 1)], &place).await;
    let shortages = format!("{path}/shortages");
    let say = async |sku: &str, found: u32| warehouse.post(&shortages, json!({ "sku": sku, "found": found })).await;

    let none = say("nothing-like-that", 0).await.expect_problem(422, "unprocessable");
    assert_eq!(none.body["errors"][0]["field"], "sku");
    let all = say(&tea, 2).await.expect_problem(422, "unprocessable");
    assert_eq!(all.body["errors"][0]["field"], "found");
    for body in [json!({}), json!({ "sku": tea, "found": -1 }), json!({ "sku": tea, "found": 0, "more": 1 })] {
        warehouse.post(&shortages, body).await.expect_problem(400, "invalid-request");
    }
    let finding = json!({ "sku": tea, "found": 1 });
    operator.post(&shortages, finding.clone()).await.expect_problem(409, "claimed-by-another");
    shopper.post(&shortages, finding).await.expect_problem(403, "forbidden");

    for _ in 0..2 {
        let left = say(&tea, 1).await.expect(200).body;
        assert_eq!((&left["order_status"], &left["fulfilment"]["state"]), (&json!("CONFIRMED"), &json!("PICKING")));
        assert_eq!(left["items"].as_array().unwrap().iter().map(|item| &item["quantity"]).collect::<Vec<_>>(), [1, 1]);
    }
    warehouse.post(&format!("{path}/pack"), json!({})).await.expect(200);
    say(&pot, 0).await.expect_problem(409, "illegal-transition");
    let label = json!({ "parcels": [{ "carrier": "Speedy", "tracking_number": "SP-1" }] });
    warehouse.post(&format!("{path}/ship"), label).await.expect(200);

    let seen = shopper.order_in(&order_id, "SHIPPED").await;
    assert_eq!((&seen["total"]["amount"], &seen["shortages"][0]["amount"]["amount"]), (&json!(4500), &json!(1500)));
    assert_eq!((&seen["shortages"][0]["sku"], &seen["shortages"][0]["quantity"]), (&json!(tea), &json!(1)));
    let intents = stack().intents(&order_id).await;
    assert_eq!(intents[0]["amount_received"], 3000, "{intents:?}");
    eventually("the ledger tells of it", std::time::Duration::from_secs(30), || async {
        let ledger = operator.get(&format!("/admin/inventory/{tea}/{place}/ledger")).await.expect(200).body;
        let entries = ledger["entries"].as_array()?;
        let short: Vec<_> = entries.iter().filter(|entry| entry["kind"] == "SHORT").collect();
        (short.len() == 1 && short[0]["quantity"] == 3).then_some(())
    })
    .await;
    let timeline = operator.get(&format!("/admin/orders/{order_id}/timeline")).await.expect(200).body;
    let entries = timeline["entries"].as_array().unwrap();
    assert!(entries.iter().any(|entry| entry["what"]["kind"] == "units_missing"), "{timeline}");
    if stack().mails_to(&person.name).await.is_none() {
        return;
    }
    eventually("the shopper is told", std::time::Duration::from_secs(60), || async {
        let mails = stack().mails_to(&person.name).await?;
        mails.iter().any(|mail| mail["Subject"].as_str().unwrap().contains("missing")).then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_order_of_which_nothing_is_there_is_cancelled_and_costs_nothing() {
    let (place, tea, pot) = (fresh("place"), fresh("tea"), fresh("pot"));
    let (shopper, warehouse) = (stack().sign_in("shopper").await, stack().sign_in("warehouse").await);
    let (order_id, path) = picked(&shopper, &warehouse, [(&tea, 1), (&pot, 1)], &place).await;
    let shortages = format!("{path}/shortages");
    warehouse.post(&shortages, json!({ "sku": tea, "found": 0 })).await.expect(200);
    for _ in 0..2 {
        let ended = warehouse.post(&shortages, json!({ "sku": pot, "found": 0 })).await.expect(200).body;
        assert_eq!((&ended["order_status"], &ended["fulfilment"]["state"]), (&json!("CANCELLED"), &json!("CANCELLED")));
    }
    assert_eq!(shopper.order_in(&order_id, "CANCELLED").await["failure"]["reason"], "units_missing");
    let operator = stack().sign_in("operator").await;
    operator.settled(&order_id).await;
    assert_eq!(stack().effects(&order_id).await.captures, 0);
    let row = operator.get(&format!("/admin/inventory/{tea}")).await.expect(200).body;
    assert_eq!(row["rows"][0]["quantity"], 4, "what is not there does not come back: {row}");
}
