//! Money that goes back after an order has left, as operators and shoppers see it.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use souk_domain::money::Money;

use crate::support::{Api, Reply, Shelf, eventually, fresh, stack};

/// A webhook, or one run of the sweeper.
const SETTLED: Duration = Duration::from_secs(150);

/// An order of 30 dollars that has left.
pub(super) async fn shipped(payment_method: &str) -> (Api, Api, String) {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let shelf = Shelf::stocked(&operator, 3000, 2).await;
    let placed = shopper.buy(&shelf.sku, 1, payment_method).await;
    let order_id = placed["order_id"].as_str().unwrap().to_owned();
    shopper.order_in(&order_id, "CONFIRMED").await;
    operator.settled(&order_id).await;
    let parcel = json!({ "carrier": "Speedy", "tracking_number": "SP-1" });
    operator.post(&format!("/admin/orders/{order_id}/ship"), parcel).await.expect(200);
    (operator, shopper, order_id)
}

fn usd(amount: i64) -> Value {
    json!({ "amount": amount, "currency": "USD" })
}

async fn refund(by: &Api, order_id: &str, key: &str, body: Value) -> Reply {
    by.send(Method::POST, &path(order_id), &[("idempotency-key", key)], Some(body)).await
}

fn path(order_id: &str) -> String {
    format!("/admin/orders/{order_id}/refunds")
}

/// The order's refunds, once the last one stands so.
async fn last_in(operator: &Api, order_id: &str, state: &str) -> Value {
    eventually(&format!("a refund of {order_id} {state}"), SETTLED, || async {
        let refunds = operator.get(&path(order_id)).await.expect(200).body;
        let last = refunds["refunds"].as_array().unwrap().last().cloned();
        (last.is_some_and(|last| last["state"] == state)).then_some(refunds)
    })
    .await
}

#[tokio::test]
async fn a_part_and_then_the_rest_go_back_and_the_shopper_sees_it() {
    let (operator, shopper, order_id) = shipped("pm_card_visa").await;
    let body = json!({ "amount": usd(1000), "reason": "DAMAGED", "note": "a scratch" });
    let made = refund(&operator, &order_id, "first", body.clone()).await.expect(201).body;
    assert_eq!((&made["state"], &made["amount"], &made["by"]), (&json!("SUCCEEDED"), &usd(1000), &json!("OPERATOR")));
    assert_eq!((&made["note"], &made["reason"]), (&json!("a scratch"), &json!("DAMAGED")));
    assert!(made["operator_id"].is_string() && made["gateway_id"].is_string(), "{made}");
    let again = refund(&operator, &order_id, "first", body).await.expect(200).body;
    assert_eq!(again["refund_id"], made["refund_id"]);

    let too_much = json!({ "amount": usd(2001), "reason": "GOODWILL" });
    let refused = refund(&operator, &order_id, "second", too_much).await.expect_problem(409, "refund-too-large");
    assert_eq!(refused.body["refundable"], usd(2000));
    let rest = refund(&operator, &order_id, "rest", json!({ "reason": "LOST_PARCEL" })).await.expect(201).body;
    assert_eq!(rest["amount"], usd(2000));
    refund(&operator, &order_id, "more", json!({ "reason": "OTHER" })).await.expect_problem(409, "refund-too-large");

    let all = operator.get(&path(&order_id)).await.expect(200).body;
    assert_eq!((&all["captured"], &all["refunded"], &all["refundable"]), (&usd(3000), &usd(3000), &usd(0)));
    assert_eq!(all["refunds"].as_array().unwrap().len(), 2);
    let story = operator.get(&format!("/admin/orders/{order_id}")).await.expect(200).body;
    assert_eq!((&story["payment"]["captured"], &story["payment"]["refunded"]), (&usd(3000), &usd(3000)));
    let own = shopper.get(&format!("/orders/{order_id}")).await.expect(200).body;
    assert_eq!((&own["status"], &own["payment"]["refunded"]), (&json!("SHIPPED"), &usd(3000)));
    assert_eq!(own["payment"]["refunds"][0]["state"], "SUCCEEDED");
    assert!(!own.to_string().contains("a scratch"), "the note is for staff");
    let there: i64 = stack().refunds(&order_id).await.iter().map(|refund| refund["amount"].as_i64().unwrap()).sum();
    assert_eq!(there, 3000);
}

#[tokio::test]
async fn each_refund_is_told_to_the_shopper_once() {
    let (operator, _, order_id) = shipped("pm_card_visa").await;
    let messages = stack().table("MessagesTable").await;
    for (key, amount) in [("one", 100), ("two", 200)] {
        let body = json!({ "amount": usd(amount), "reason": "GOODWILL" });
        let made = refund(&operator, &order_id, key, body).await.expect(201).body;
        let id = format!("{order_id}-order_refunded-{}", made["refund_id"].as_str().unwrap());
        let item = eventually(&id, SETTLED, || async {
            let item: Option<Value> = messages.get(&[("id", &id)]).await.unwrap();
            item.filter(|item| item["state"] == "SENT")
        })
        .await;
        assert_eq!(item["attempt"], 1);
    }
}

#[tokio::test]
async fn only_operators_refund_and_only_what_makes_sense() {
    let (operator, shopper, order_id) = shipped("pm_card_visa").await;
    let warehouse = stack().sign_in("warehouse").await;
    let body = json!({ "reason": "GOODWILL" });
    for staff_or_not in [&shopper, &warehouse] {
        refund(staff_or_not, &order_id, "k", body.clone()).await.expect_problem(403, "forbidden");
        staff_or_not.get(&path(&order_id)).await.expect_problem(403, "forbidden");
        staff_or_not.get("/admin/failed-refunds").await.expect_problem(403, "forbidden");
    }
    stack().guest().post(&path(&order_id), body.clone()).await.expect(401);
    operator.post(&path(&order_id), body.clone()).await.expect_problem(400, "idempotency-key-required");
    for (field, bad) in [
        ("amount.amount", json!({ "reason": "GOODWILL", "amount": usd(0) })),
        ("amount.currency", json!({ "reason": "GOODWILL", "amount": { "amount": 1, "currency": "EUR" } })),
        ("reason", json!({ "reason": "BECAUSE" })),
        ("note", json!({ "reason": "OTHER", "note": "x".repeat(501) })),
    ] {
        refund(&operator, &order_id, "bad", bad).await.expect_problem(400, "invalid-request").about_field(field);
    }
    let nobody = format!("ord_{}", "0".repeat(32));
    refund(&operator, &nobody, "k", body.clone()).await.expect_problem(404, "not-found");
    operator.get(&path(&nobody)).await.expect_problem(404, "not-found");

    let first = json!({ "reason": "GOODWILL", "amount": usd(1) });
    refund(&operator, &order_id, "same", first).await.expect(201);
    let other = json!({ "reason": "GOODWILL", "amount": usd(2) });
    refund(&operator, &order_id, "same", other).await.expect_problem(422, "idempotency-key-reused");
}

#[tokio::test]
async fn an_order_that_has_not_left_is_cancelled_and_not_refunded() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let shelf = Shelf::stocked(&operator, 3000, 1).await;
    let placed = shopper.buy(&shelf.sku, 1, "pm_card_visa").await;
    let order_id = placed["order_id"].as_str().unwrap();
    shopper.order_in(order_id, "CONFIRMED").await;
    operator.settled(order_id).await;
    let refused = refund(&operator, order_id, "k", json!({ "reason": "OTHER" })).await;
    let refused = refused.expect_problem(409, "nothing-captured");
    assert_eq!(refused.body["payment_status"], "AUTHORIZED");
    let none = operator.get(&path(order_id)).await.expect(200).body;
    assert_eq!((&none["refunded"], none.get("captured")), (&usd(0), None));
}

#[tokio::test]
async fn a_lost_answer_is_pending_until_the_sweeper_has_asked() {
    let (operator, _, order_id) = shipped("pm_card_visa").await;
    let fault = json!({ "order_id": order_id, "operation": "refund", "fault": "timeout_after_effect", "times": 3 });
    stack().fault(fault).await;
    let made = refund(&operator, &order_id, "lost", json!({ "reason": "LOST_PARCEL" })).await.expect(201).body;
    assert_eq!(made["state"], "PENDING");
    let refunds = last_in(&operator, &order_id, "SUCCEEDED").await;
    assert_eq!(refunds["refunds"][0]["refund_id"], made["refund_id"]);
    assert_eq!(stack().refunds(&order_id).await.len(), 1, "once");
}

#[tokio::test]
async fn a_refund_that_the_bank_sends_back_is_listed_until_it_is_made_again() {
    let (operator, shopper, order_id) = shipped("pm_card_refundFail").await;
    refund(&operator, &order_id, "first", json!({ "reason": "GOODWILL" })).await.expect(201);
    stack().settle_refund(&order_id, "fail").await;
    let failed = last_in(&operator, &order_id, "FAILED").await;
    assert_eq!((&failed["refundable"], &failed["refunded"]), (&usd(3000), &usd(0)));
    assert_eq!(failed["refunds"][0]["failure_code"], "expired_or_canceled_card");
    let own = shopper.get(&format!("/orders/{order_id}")).await.expect(200).body;
    assert_eq!(own["payment"]["refunds"][0]["state"], "FAILED");

    let listed = async || {
        let list = operator.get("/admin/failed-refunds").await.expect(200).body;
        list["orders"].as_array().unwrap().iter().any(|case| case["order_id"] == *order_id)
    };
    eventually("the case is listed", SETTLED, || async { listed().await.then_some(()) }).await;
    refund(&operator, &order_id, "again", json!({ "reason": "GOODWILL" })).await.expect(201);
    eventually("the case is closed", SETTLED, || async { (!listed().await).then_some(()) }).await;
}

#[tokio::test]
async fn a_failed_refund_is_tried_again_in_one_call_and_needs_a_hand_until_it_arrives() {
    let (operator, shopper, order_id) = shipped("pm_card_refundFail").await;
    let body = json!({ "amount": usd(1000), "reason": "DAMAGED", "note": "a scratch" });
    let first = refund(&operator, &order_id, "first", body).await.expect(201).body;
    let retry = |refund: &Value| format!("{}/{}/retry", path(&order_id), refund["refund_id"].as_str().unwrap());
    let early = operator.post(&retry(&first), json!({})).await.expect_problem(409, "refund-not-failed");
    assert_eq!(early.body["refund_state"], "SUCCEEDED");
    stack().settle_refund(&order_id, "fail").await;
    last_in(&operator, &order_id, "FAILED").await;

    let needed = async || {
        let page = operator.get("/admin/orders?needs=refund_failed&limit=100").await.expect(200).body;
        page["orders"].as_array().unwrap().iter().any(|order| order["order_id"] == *order_id)
    };
    eventually("it needs a hand", SETTLED, || async { needed().await.then_some(()) }).await;
    let warehouse = stack().sign_in("warehouse").await;
    for stranger in [&shopper, &warehouse] {
        stranger.post(&retry(&first), json!({})).await.expect_problem(403, "forbidden");
    }
    stack().guest().post(&retry(&first), json!({})).await.expect(401);
    let nobody = json!({ "refund_id": format!("ref_{}", "0".repeat(32)) });
    operator.post(&retry(&nobody), json!({})).await.expect_problem(404, "not-found");

    let again =
        operator.post(&format!("{}/{}/retry", path(&order_id), first["refund_id"].as_str().unwrap()), json!({})).await;
    let again = again.expect(201).body;
    assert_eq!((&again["amount"], &again["reason"], &again["note"]), (&usd(1000), &first["reason"], &first["note"]));
    assert_eq!((&again["retry_of"], &again["state"]), (&first["refund_id"], &json!("SUCCEEDED")));
    let repeated = operator.post(&retry(&first), json!({})).await.expect(200).body;
    assert_eq!(repeated["refund_id"], again["refund_id"]);
    eventually("nobody is needed", SETTLED, || async { (!needed().await).then_some(()) }).await;
    assert_eq!(stack().refunds(&order_id).await.len(), 2, "the failed one and one more");

    let timeline = operator.get(&format!("/admin/orders/{order_id}/timeline")).await.expect(200).body;
    let entries = timeline["entries"].as_array().unwrap().iter();
    let asked: Vec<_> = entries.filter(|entry| entry["what"]["kind"] == "refund_requested").collect();
    assert_eq!((asked.len(), &asked[1]["what"]["retry_of"]), (2, &first["refund_id"]));
    assert_eq!(asked[1]["user_id"], again["retried_by"]);

    // More than is left cannot go back.
    stack().settle_refund(&order_id, "fail").await;
    last_in(&operator, &order_id, "FAILED").await;
    refund(&operator, &order_id, "most", json!({ "amount": usd(2500), "reason": "GOODWILL" })).await.expect(201);
    let refused = operator.post(&retry(&again), json!({})).await.expect_problem(409, "refund-too-large");
    assert_eq!(refused.body["refundable"], usd(500));
}

#[tokio::test]
async fn a_pending_refund_succeeds_when_the_gateway_says_so() {
    let (operator, _, order_id) = shipped("pm_card_pendingRefund").await;
    let made = refund(&operator, &order_id, fresh("key").as_str(), json!({ "reason": "OTHER" })).await.expect(201).body;
    assert_eq!(made["state"], "PENDING");
    stack().settle_refund(&order_id, "succeed").await;
    last_in(&operator, &order_id, "SUCCEEDED").await;
}

#[tokio::test]
async fn a_refund_at_the_gateways_console_is_seen_and_counts() {
    let (operator, _, order_id) = shipped("pm_card_visa").await;
    let intent = stack().intents(&order_id).await[0]["id"].as_str().unwrap().to_owned();
    let request = reqwest::Client::new()
        .post(format!("{}/v1/refunds", stack().gateway_url))
        .bearer_auth(&stack().gateway_api_key)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("payment_intent={intent}&amount=500"));
    assert!(request.send().await.unwrap().status().is_success());
    let refunds = last_in(&operator, &order_id, "SUCCEEDED").await;
    assert_eq!((&refunds["refunds"][0]["by"], &refunds["refundable"]), (&json!("GATEWAY"), &usd(2500)));
    eventually("the audit agrees", SETTLED, || async {
        stack().violations_of(&[order_id.as_str()]).await.is_empty().then_some(())
    })
    .await;
}

#[tokio::test]
async fn the_audit_finds_sums_that_differ_and_the_reconciliation_repairs_them() {
    let (operator, _, order_id) = shipped("pm_card_visa").await;
    refund(&operator, &order_id, "k", json!({ "reason": "OTHER", "amount": usd(700) })).await.expect(201);
    // As if the record had been restored from a backup: the refund is not in it.
    let payments = stack().table("PaymentsTable").await;
    let id = format!("order#{order_id}");
    let forgotten = souk_dynamo::Update::new().remove("refunds");
    assert!(payments.update(&[("id", &id)], forgotten).await.unwrap().is_written());
    let found = eventually("the audit finds it", SETTLED, || async {
        stack().violations_of(&[order_id.as_str()]).await.into_iter().next()
    })
    .await;
    assert_eq!((&found["violation"], &found["refunded_there"]), (&json!("sums_differ"), &json!(700)));
    eventually("the refund is taken over", SETTLED, || async {
        stack().job("ReconcilePayments").await;
        let refunds = operator.get(&path(&order_id)).await.expect(200).body;
        (refunds["refunded"] == usd(700)).then_some(())
    })
    .await;
    assert_eq!(stack().refunds(&order_id).await.len(), 1, "nothing was refunded again");
}

#[tokio::test]
async fn invariant_i6_the_audit_finds_an_order_of_which_another_sum_is_kept_than_it_owes() {
    let (_, _, order_id) = shipped("pm_card_visa").await;
    let payments = stack().table("PaymentsTable").await;
    let id = format!("order#{order_id}");
    let take = async |amount: i64| {
        let captured = souk_dynamo::value(&Money::usd(amount).unwrap()).unwrap();
        let taken = souk_dynamo::Update::new().set("captured", captured).add("version", souk_dynamo::n(1));
        assert!(payments.update(&[("id", &id)], taken).await.unwrap().is_written());
    };
    take(2900).await;
    let found = eventually("the audit finds it", SETTLED, || async {
        let all = stack().violations_of(&[order_id.as_str()]).await;
        all.into_iter().find(|violation| violation["violation"] == "kept_differs")
    })
    .await;
    assert_eq!((&found["due"], &found["captured"], &found["refunded"]), (&json!(3000), &json!(2900), &json!(0)));
    take(3000).await;
    eventually("the audit agrees", SETTLED, || async {
        stack().violations_of(&[order_id.as_str()]).await.is_empty().then_some(())
    })
    .await;
}
