//! The audit and the repair, as operators use them.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Shelf, eventually, fresh, stack};

/// A row has to be at rest before it is judged or repaired.
const AT_REST: Duration = Duration::from_secs(40);

#[tokio::test]
async fn an_audit_finds_nothing_wrong_with_a_shipped_order_or_a_cancelled_one() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let shelf = Shelf::stocked(&operator, 500, 6).await;
    let mut orders = Vec::new();
    for end in ["ship", "cancel"] {
        let placed = shopper.buy(&shelf.sku, 2, "pm_card_visa").await;
        let order_id = placed["order_id"].as_str().unwrap().to_owned();
        shopper.order_in(&order_id, "CONFIRMED").await;
        operator.settled(&order_id).await;
        let body = if end == "ship" { json!({ "carrier": "Speedy", "tracking_number": "S-1" }) } else { json!({}) };
        operator.post(&format!("/admin/orders/{order_id}/{end}"), body).await.expect(200);
        operator.settled(&order_id).await;
        orders.push(order_id);
    }
    let report = stack().job("Audit").await;
    for checked in ["rows", "holds", "orders"] {
        assert!(report["checked"][checked].as_u64().unwrap() > 0, "{report}");
    }
    let about = [shelf.sku.as_str(), &orders[0], &orders[1]];
    assert_eq!(stack().violations_of(&about).await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_repair_is_the_operators_and_leaves_a_sound_row_as_it_is() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let shelf = Shelf::stocked(&operator, 500, 6).await;
    let path = format!("/admin/inventory/{}/w1/repair", shelf.sku);
    let repair = async |etag: &str| operator.send(Method::POST, &path, &[("if-match", etag)], None).await;
    operator.post(&path, json!({})).await.expect_problem(428, "if-match-required");
    repair("\"9\"").await.expect_problem(412, "stale-version");
    shopper.post(&path, json!({})).await.expect_problem(403, "forbidden");
    stack().guest().post(&path, json!({})).await.expect(401);
    let nowhere = format!("/admin/inventory/{}/w1/repair", fresh("sku"));
    operator.send(Method::POST, &nowhere, &[("if-match", "\"1\"")], None).await.expect_problem(404, "not-found");

    let checkout = shopper.check_out(&shelf.sku, 4).await.expect(201);
    repair("\"2\"").await.expect_problem(409, "row-moving");
    let repaired = eventually("the row is at rest", AT_REST, || async {
        let reply = repair("\"2\"").await;
        (reply.status == 200).then_some(reply)
    })
    .await;
    assert_eq!((repaired.header("etag"), &repaired.body["reserved_quantity"]), ("\"2\"", &json!(4)));
    shopper.delete(&format!("/checkouts/{}", checkout.text("checkout_id"))).await.expect(204);
}
