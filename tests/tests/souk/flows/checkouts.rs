use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::support::{Api, Shelf, eventually, fresh, stack};

#[tokio::test]
async fn a_checkout_holds_units_at_the_present_price() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let shelf = Shelf::stocked(&operator, 1999, 5).await;
    let made = shopper.check_out(&shelf.sku, 2).await.expect(201);
    assert_eq!(made.body["total"], json!({ "amount": 3998, "currency": "USD" }));
    assert_eq!(made.body["lines"][0]["quantity"], 2);
    assert_eq!(shelf.numbers().await, (5, 2, 3));

    let path = format!("/checkouts/{}", made.text("checkout_id"));
    assert_eq!(made.header("location"), path);
    assert_eq!(shopper.get(&path).await.expect(200).body["expires_at"], made.body["expires_at"]);
    stack().sign_in("shopper2").await.get(&path).await.expect_problem(404, "not-found");
}

#[tokio::test]
async fn lines_that_share_a_sku_are_held_as_one() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let shelf = Shelf::stocked(&operator, 100, 3).await;
    let line = json!({ "sku": shelf.sku, "quantity": 2 });
    let reply = shopper.post("/checkouts", json!({ "lines": [line, line] })).await.expect_problem(409, "out-of-stock");
    assert_eq!((&reply.body["requested"], &reply.body["available"]), (&json!(4), &json!(3)));
    assert_eq!(shelf.numbers().await, (3, 0, 3));
}

#[tokio::test]
async fn a_checkout_that_is_given_up_frees_its_units_at_once() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let shelf = Shelf::stocked(&operator, 100, 3).await;
    let made = shopper.check_out(&shelf.sku, 3).await.expect(201);
    let path = format!("/checkouts/{}", made.text("checkout_id"));
    stack().sign_in("shopper2").await.delete(&path).await.expect_problem(404, "not-found");
    for _ in 0..2 {
        shopper.delete(&path).await.expect(204);
        assert_eq!(shelf.numbers().await, (3, 0, 3));
    }
    shopper.get(&path).await.expect_problem(404, "not-found");
    shopper
        .order(&fresh("key"), made.text("checkout_id"), "pm_card_visa")
        .await
        .expect_problem(409, "checkout-expired");
}

#[tokio::test]
async fn an_expired_checkout_frees_its_units_and_cannot_be_ordered() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let shelf = Shelf::stocked(&operator, 100, 4).await;
    let made = shopper.check_out(&shelf.sku, 4).await.expect(201);
    let other = stack().sign_in("shopper2").await;
    other.check_out(&shelf.sku, 1).await.expect_problem(409, "out-of-stock");
    eventually("the units come back", Duration::from_secs(90), || async {
        (shelf.numbers().await == (4, 0, 4)).then_some(())
    })
    .await;
    let refused = shopper.order(&fresh("key"), made.text("checkout_id"), "pm_card_visa").await;
    let refused = refused.expect_problem(409, "checkout-expired");
    assert!(refused.text("detail").contains("POST /checkouts"), "it says what to do");
}

#[tokio::test]
async fn what_cannot_be_held_is_refused_with_its_field() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let shelf = Shelf::stocked(&operator, 100, 3).await;
    let lines = |lines: serde_json::Value| json!({ "lines": lines });
    for (body, field) in [
        (lines(json!([{ "sku": shelf.sku, "quantity": 0 }])), "lines[0].quantity"),
        (lines(json!([{ "sku": shelf.sku, "quantity": -1 }])), "lines[0].quantity"),
        (lines(json!([{ "sku": shelf.sku, "quantity": 1_000_000_000_000_u64 }])), "lines[0].quantity"),
        (lines(json!([{ "sku": "no/sku", "quantity": 1 }])), "lines[0].sku"),
        (lines(json!([{ "sku": shelf.sku, "quantity": 1, "price": 1 }])), "lines[0].price"),
        (lines(json!([])), "lines"),
        (json!({ "rows": [] }), "rows"),
    ] {
        shopper.post("/checkouts", body).await.expect_problem(400, "invalid-request").about_field(field);
    }
    shopper.check_out(&fresh("unknown"), 1).await.expect_problem(422, "unprocessable").about_field("lines");
    shopper
        .send_raw(Method::POST, "/checkouts", &[], Some("{".to_owned()))
        .await
        .expect_problem(400, "invalid-request");
    shopper
        .send_raw(Method::POST, "/checkouts", &[], Some(format!("{{\"x\":\"{}\"}}", "y".repeat(300_000))))
        .await
        .expect_problem(413, "body-too-large");
    stack().guest().check_out(&shelf.sku, 1).await.expect(401);
    shopper.get("/checkouts/not-an-id").await.expect_problem(400, "invalid-request").about_field("checkout_id");
    assert_eq!(shelf.numbers().await, (3, 0, 3), "nothing is half done");
}

/// Somebody whom no other test knows.
async fn stranger() -> Api {
    Api::new(&stack().api_url, Some(stack().person(&[]).await.sign_in(stack()).await.access))
}

#[tokio::test]
async fn nobody_holds_the_shop_by_open_checkouts() {
    let (operator, shopper) = (stack().sign_in("operator").await, stranger().await);
    let shelf = Shelf::stocked(&operator, 100, 1000).await;
    let mut made = Vec::new();
    let refused = loop {
        let reply = shopper.check_out(&shelf.sku, 1).await;
        if reply.status != 201 {
            break reply;
        }
        made.push(reply.text("checkout_id").to_owned());
        assert!(made.len() <= 150, "there is no limit");
    };
    let refused = refused.expect_problem(429, "too-many-checkouts");
    assert!(refused.header("retry-after").parse::<u32>().unwrap() >= 1, "it says when the first of them ends");
    shopper.delete(&format!("/checkouts/{}", made[0])).await.expect(204);
    shopper.check_out(&shelf.sku, 1).await.expect(201);
    stranger().await.check_out(&shelf.sku, 1).await.expect(201);
}

#[tokio::test]
async fn nobody_holds_the_shop_by_units() {
    let (operator, shopper) = (stack().sign_in("operator").await, stranger().await);
    let shelf = Shelf::stocked(&operator, 100, 10_000).await;
    for _ in 0..5 {
        shopper.check_out(&shelf.sku, 999).await.expect(201);
    }
    let refused = shopper.check_out(&shelf.sku, 6).await.expect_problem(409, "too-many-units-held");
    assert_eq!((&refused.body["held"], &refused.body["max_units"]), (&json!(4995), &json!(5000)));
    shopper.check_out(&shelf.sku, 5).await.expect(201);
}

#[tokio::test]
async fn an_order_has_no_more_of_a_sku_than_its_operator_says() {
    let (operator, shopper) = (stack().sign_in("operator").await, stranger().await);
    let shelf = Shelf::stocked(&operator, 700, 10).await;
    let path = format!("/admin/prices/{}", shelf.sku);
    let terms = json!({ "price": { "amount": 700, "currency": "USD" }, "max_per_order": 2 });
    let put = operator.send(Method::PUT, &path, &[("if-match", "\"1\"")], Some(terms)).await.expect(200);
    assert_eq!(put.body["max_per_order"], 2);
    let refused = shopper.check_out(&shelf.sku, 3).await.expect_problem(409, "above-order-limit");
    assert_eq!((&refused.body["sku"], &refused.body["max_per_order"]), (&json!(shelf.sku), &json!(2)));
    let line = json!({ "sku": shelf.sku, "quantity": 2 });
    let twice = shopper.post("/checkouts", json!({ "lines": [line, line] })).await;
    twice.expect_problem(409, "above-order-limit");
    let item = format!("/cart/items/{}", shelf.sku);
    shopper.put(&item, json!({ "quantity": 3 })).await.expect_problem(409, "above-order-limit");
    shopper.check_out(&shelf.sku, 2).await.expect(201);
}
