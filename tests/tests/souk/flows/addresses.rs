//! Where an order goes: shown to its owner and to operators, changed by its owner until it is being packed.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Api, Reply, Shelf, address, fresh, stack};

async fn change(shopper: &Api, order_id: &str, etag: Option<&str>, to: Value) -> Reply {
    let headers: Vec<_> = etag.map(|etag| ("if-match", etag)).into_iter().collect();
    shopper.send(Method::PUT, &format!("/orders/{order_id}/shipping-address"), &headers, Some(to)).await
}

fn elsewhere() -> Value {
    json!({ "name": "Ada Lovelace", "line1": "Schloßallee 1", "city": "Berlin", "postal_code": "10115", "country": "DE" })
}

async fn bought(shopper: &Api) -> String {
    let operator = stack().sign_in("operator").await;
    let shelf = Shelf::stocked(&operator, 900, 1).await;
    let placed = shopper.buy(&shelf.sku, 1, "pm_card_visa").await;
    assert_eq!(placed["shipping_address"], address());
    let order_id = placed["order_id"].as_str().unwrap().to_owned();
    shopper.order_in(&order_id, "CONFIRMED").await;
    operator.settled(&order_id).await;
    order_id
}

#[tokio::test]
async fn an_owner_changes_where_their_order_goes_until_it_is_packed() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let order_id = bought(&shopper).await;
    let path = format!("/orders/{order_id}");
    let seen = shopper.get(&path).await.expect(200);
    assert_eq!(seen.body["shipping_address"], address());

    change(&shopper, &order_id, None, elsewhere()).await.expect_problem(428, "if-match-required");
    let stale = change(&shopper, &order_id, Some("\"1\""), elsewhere()).await.expect_problem(412, "stale-version");
    assert_eq!(stale.header("etag"), seen.header("etag"));
    let changed = change(&shopper, &order_id, Some(seen.header("etag")), elsewhere()).await.expect(200);
    assert_eq!(changed.body["shipping_address"], elsewhere());
    let again = change(&shopper, &order_id, Some(changed.header("etag")), elsewhere()).await.expect(200);
    assert_eq!(again.header("etag"), changed.header("etag"), "it goes there already");
    change(&shopper, &order_id, Some(seen.header("etag")), address()).await.expect_problem(412, "stale-version");

    assert_eq!(shopper.get(&path).await.expect(200).body["shipping_address"], elsewhere());
    let admin = format!("/admin/orders/{order_id}");
    assert_eq!(operator.get(&admin).await.expect(200).body["order"]["shipping_address"], elsewhere());
    let timeline = operator.get(&format!("{admin}/timeline")).await.expect(200).body;
    let entries = timeline["entries"].as_array().unwrap().clone();
    let changes: Vec<_> = entries.iter().filter(|entry| entry["what"]["kind"] == "address_changed").collect();
    assert_eq!((changes.len(), &changes[0]["by"]), (1, &json!("customer")));
    assert_eq!(changes[0]["what"]["before"], address());

    let warehouse = stack().sign_in("warehouse").await;
    let parcel = json!({ "carrier": "Speedy", "tracking_number": "SP-1" });
    let shipped = warehouse.post(&format!("{admin}/ship"), parcel).await.expect(200);
    let late = change(&shopper, &order_id, Some(shipped.header("etag")), address()).await;
    assert_eq!(late.expect_problem(409, "address-fixed").body["order_status"], "SHIPPED");
}

#[tokio::test]
async fn another_shoppers_order_is_not_there() {
    let (shopper, other) = (stack().sign_in("shopper").await, stack().sign_in("shopper2").await);
    let order_id = bought(&shopper).await;
    change(&other, &order_id, Some("\"1\""), elsewhere()).await.expect_problem(404, "not-found");
    change(&other, &order_id, None, elsewhere()).await.expect_problem(404, "not-found");
    let nobody = format!("ord_{}", "0".repeat(32));
    change(&shopper, &nobody, Some("\"1\""), elsewhere()).await.expect_problem(404, "not-found");
    stack().guest().put(&format!("/orders/{order_id}/shipping-address"), elsewhere()).await.expect(401);
}

#[tokio::test]
async fn an_address_is_refused_by_the_part_that_is_wrong() {
    let shopper = stack().sign_in("shopper").await;
    let order_id = format!("ord_{}", "0".repeat(32));
    for (part, value) in [
        ("name", json!("")),
        ("name", json!("\u{200B}\u{AD}")),
        ("line1", json!("x".repeat(101))),
        ("line1", json!("a\u{0}b")),
        ("line2", json!("a\u{2028}b")),
        ("city", json!("\u{202E}nilreB")),
        ("region", json!("\u{7F}")),
        ("country", json!("ZZ")),
        ("country", json!("de")),
        ("postal_code", json!("1011")),
        ("postal_code", json!("N1 9GU")),
        ("postal_code", json!("")),
        ("planet", json!("Mars")),
    ] {
        let mut wrong = elsewhere();
        wrong[part] = value.clone();
        let refused = change(&shopper, &order_id, Some("\"1\""), wrong).await;
        let refused = refused.expect_problem(400, "invalid-request").about_field(part);
        assert!(!refused.body["detail"].as_str().unwrap().contains("Mars"), "{part}: {value}");
    }
}

#[tokio::test]
async fn an_address_is_kept_in_its_normal_form_and_a_repeated_order_is_the_same() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let shelf = Shelf::stocked(&operator, 900, 1).await;
    let checkout = shopper.check_out(&shelf.sku, 1).await.expect(201);
    let written = json!({
        "name": " Zoe\u{308} O’Brien ", "line1": "東京都千代田区１－１", "city": "東京", "postal_code": "１００ー０００１", "country": "JP",
    });
    let body = json!({
        "checkout_id": checkout.text("checkout_id"), "payment_method": "pm_card_visa", "shipping_address": written,
    });
    let key = fresh("key");
    for status in [201, 200] {
        let placed = shopper.send(Method::POST, "/orders", &[("idempotency-key", &key)], Some(body.clone())).await;
        let kept = &placed.expect(status).body["shipping_address"];
        assert_eq!((&kept["name"], &kept["postal_code"]), (&json!("Zoë O’Brien"), &json!("100-0001")));
    }
}
