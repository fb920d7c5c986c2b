use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::support::{FlashSale, eventually, stack};

#[tokio::test]
async fn a_sale_is_defined_changed_opened_paused_resumed_and_closed() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let sale = FlashSale::defined(&operator, 20).await;
    let path = format!("/admin/sales/{}", sale.id);
    let seen = operator.get(&path).await.expect(200);
    assert_eq!((seen.text("status"), &seen.body["shards"]), ("SCHEDULED", &json!(16)));
    let etag = seen.header("etag").to_owned();
    let mut terms = sale.terms(20, 900);
    terms["price"]["amount"] = json!(1499);
    let change = |etag: String, body| {
        let (operator, path) = (operator.clone(), path.clone());
        async move { operator.send(Method::PUT, &path, &[("if-match", &etag)], Some(body)).await }
    };
    operator.put(&path, terms.clone()).await.expect_problem(428, "if-match-required");
    let changed = change(etag.clone(), terms.clone()).await.expect(200);
    assert_eq!(changed.body["price"]["amount"], 1499);
    change(etag, sale.terms(20, 300)).await.expect_problem(412, "stale-version");
    let present = changed.header("etag").to_owned();
    change(present.clone(), sale.terms(21, 300)).await.expect_problem(422, "unprocessable").about_field("units");

    // Each word may be repeated; what the status does not allow is refused with the status.
    let early = sale.say("pause").await.expect_problem(409, "illegal-transition");
    assert_eq!(early.body["sale_status"], "SCHEDULED");
    for _ in 0..2 {
        sale.say("open").await.expect(200);
    }
    sale.reaches("OPEN").await;
    change(present, sale.terms(20, 300)).await.expect_problem(409, "illegal-transition");
    let ticket = sale.join(&shopper).await;
    let admission = sale.admission(&shopper, &ticket).await.unwrap();
    for _ in 0..2 {
        assert_eq!(sale.say("pause").await.expect(200).text("status"), "PAUSED");
    }
    // A warm function may know of it a second late, and then the unit is claimed.
    let refused = eventually("the pause is known", Duration::from_secs(10), || async {
        let reply = sale.ask(&shopper, &admission, "pm_card_visa").await;
        (reply.status != 503).then_some(reply)
    })
    .await;
    if refused.status != 202 {
        refused.expect_problem(409, "sale-not-open");
    }
    sale.say("resume").await.expect(200);
    sale.reaches("OPEN").await;
    for _ in 0..2 {
        assert_eq!(sale.say("close").await.expect(200).text("status"), "CLOSED");
    }
    for word in ["resume", "open"] {
        sale.say(word).await.expect_problem(409, "illegal-transition");
    }
    eventually("the end is known", Duration::from_secs(10), || async {
        let late = shopper.post(&format!("/sales/{}/queue", sale.id), json!({})).await;
        (late.status == 409).then(|| late.expect_problem(409, "sale-not-open"))
    })
    .await;
    let claimed = sale.watched().await["progress"]["claimed"].as_i64().unwrap();
    assert_eq!(sale.shelf.numbers().await.0, 40 - claimed, "unsold units are back in stock, once");
}

#[tokio::test]
async fn a_sale_that_finds_too_little_stock_never_was() {
    let operator = stack().sign_in("operator").await;
    let sale = FlashSale::defined(&operator, 2).await;
    let mut terms = sale.terms(3, 600);
    let other = format!("/admin/sales/{}-too", sale.id);
    let refused = operator.put(&other, terms.clone()).await.expect_problem(409, "out-of-stock");
    assert_eq!((&refused.body["requested"], &refused.body["available"]), (&json!(3), &json!(2)));
    operator.get(&other).await.expect_problem(404, "not-found");
    terms["units"] = json!(2);
    operator.put(&other, terms).await.expect(201);
    assert_eq!(sale.shelf.numbers().await, (0, 0, 0));
    sale.end().await;
    operator.post(&format!("{other}/close"), json!({})).await.expect(200);
}

#[tokio::test]
async fn only_operators_run_sales_and_only_on_sensible_terms() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let sale = FlashSale::defined(&operator, 1).await;
    let path = format!("/admin/sales/{}", sale.id);
    shopper.get(&path).await.expect_problem(403, "forbidden");
    shopper.post(&format!("{path}/open"), json!({})).await.expect_problem(403, "forbidden");
    operator.get("/admin/sales/none").await.expect_problem(404, "not-found");
    operator.get("/admin/sales/-bad").await.expect_problem(400, "invalid-request").about_field("sale_id");
    let fresh = format!("{path}-new");
    for (field, value, status) in [
        ("units", json!(0), 400),
        ("units", json!(-1), 400),
        ("units", json!(100_001), 400),
        ("price", json!({ "amount": 100, "currency": "EUR" }), 400),
        ("price", json!({ "amount": 49, "currency": "USD" }), 400),
        ("sku", json!("a-sku-that-no-product-has"), 422),
        ("price", json!({ "amount": 0, "currency": "USD" }), 400),
        ("opens_at", json!("2020-01-01T00:00:00Z"), 422),
        ("closes_at", json!("2020-01-01T00:00:00Z"), 400),
        ("admission_rate", json!(0), 400),
        ("per_shopper", json!(2), 400),
    ] {
        let mut terms = sale.terms(1, 600);
        terms[field] = value;
        let refused = operator.put(&fresh, terms).await.expect(status);
        assert!(refused.text("detail").contains(field), "{}", refused.body);
    }
    sale.end().await;
}
