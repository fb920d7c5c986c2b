//! What a shop is for: real catalogue, real orders, in which every text that may be free is a canary.

use reqwest::Method;
use serde_json::{Value, json};

use super::Canary;
use crate::support::{FlashSale, Shelf, Shop, address, admin, fresh, stack};

/// Orders that were placed, with their ids.
pub async fn sing(canary: &Canary) -> Vec<String> {
    let operator = stack().sign_in("operator").await;
    catalogue(canary, &Shop::open(&operator).await).await;
    let mut orders = ordinary(canary).await;
    orders.push(of_a_sale(canary).await);
    orders
}

async fn catalogue(canary: &Canary, shop: &Shop) {
    let (word, text) = (&canary.word, canary.text());
    let mut product = shop.product(&text, &[&fresh("sku")]);
    product["description"] = json!(text);
    product["attributes"] = json!({ word: text });
    product["images"] = json!([{ "url": format!("https://images.souk.test/{word}.png"), "alt": text }]);
    product["variants"][0]["title"] = json!(text);
    product["variants"][0]["attributes"] = json!({ word: text });
    shop.operator.put(&admin(&fresh("prod")), product).await.expect(201);
    for name in ["categories", "sellers"] {
        shop.operator.put(&format!("/admin/{name}/{}", fresh("named")), json!({ "name": text })).await.expect(201);
    }
    shop.found(&format!("q={word}"), "the canary is found", |hit| hit["title"].as_str().unwrap().contains(word)).await;
    shop.operator.get(&format!("/search/suggestions?q={word}")).await.expect(200);
}

fn private_address(canary: &Canary) -> Value {
    let mut address = address();
    for part in ["name", "line1", "line2", "city", "region"] {
        address[part] = json!(canary.text());
    }
    // A country of whose postal codes no form is known: there, any code is taken.
    (address["postal_code"], address["country"]) = (json!(canary.word), json!("AI"));
    address
}

async fn ordinary(canary: &Canary) -> Vec<String> {
    let (operator, warehouse) = (stack().sign_in("operator").await, stack().sign_in("warehouse").await);
    let shopper = stack().sign_in("shopper").await;
    let shelf = Shelf::stocked(&operator, 1200, 5).await;
    let adjust = format!("/admin/inventory/{}/w1/adjustments", shelf.sku);
    let adjustment = json!({ "delta": 1, "reason": canary.text() });
    let key = [("idempotency-key", canary.word.as_str())];
    operator.send(Method::POST, &adjust, &key, Some(adjustment)).await.expect(200);

    let mut orders = Vec::new();
    let unknown_method = format!("pm_{}", canary.word);
    for method in ["pm_card_visa", &unknown_method] {
        let checkout = shopper.check_out(&shelf.sku, 1).await.expect(201);
        let key = fresh(&canary.word);
        let body = json!({
            "checkout_id": checkout.text("checkout_id"), "payment_method": method,
            "shipping_address": private_address(canary),
        });
        let placed = shopper.send(Method::POST, "/orders", &[("idempotency-key", &key)], Some(body)).await.expect(201);
        let order_id = placed.text("order_id").to_owned();
        if method == unknown_method {
            shopper.declined(&order_id).await;
            let another = format!("pm_{}", fresh(&canary.word).replace('-', "_"));
            shopper.pay(&fresh(&canary.word), &order_id, &another).await.expect(202);
            shopper.declined(&order_id).await;
            shopper.cancel(&order_id).await;
        } else {
            shopper.order_in(&order_id, "CONFIRMED").await;
        }
        operator.settled(&order_id).await;
        orders.push(order_id);
    }
    let (order, admin) = (format!("/orders/{}", orders[0]), format!("/admin/orders/{}", orders[0]));
    let seen = shopper.get(&order).await.expect(200);
    let mut elsewhere = private_address(canary);
    elsewhere["line2"] = json!(canary.word);
    let seen = [("if-match", seen.header("etag"))];
    shopper.send(Method::PUT, &format!("{order}/shipping-address"), &seen, Some(elsewhere)).await.expect(200);
    operator.post(&format!("{admin}/notes"), json!({ "text": canary.text() })).await.expect(201);
    assert!(canary.sings_in(&operator.get(&format!("{admin}/timeline")).await.expect(200).body.to_string()));
    let search = json!({ "email": format!("{}@souk.test", canary.word) });
    operator.post("/admin/order-searches", search).await.expect(200);
    let parcel = json!({ "carrier": canary.text(), "tracking_number": canary.word });
    warehouse.post(&format!("/admin/orders/{}/ship", orders[0]), parcel).await.expect(200);
    warehouse.post(&format!("/admin/orders/{}/deliver", orders[0]), json!({})).await.expect(200);
    stack()
        .guest()
        .send(
            Method::POST,
            "/webhooks/payments",
            &[("stripe-signature", &canary.word)],
            Some(json!({ "id": canary.word })),
        )
        .await;
    orders
}

async fn of_a_sale(canary: &Canary) -> String {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper2").await);
    let sale = FlashSale::open(&operator, 1).await;
    let ticket = sale.join(&shopper).await;
    let admission = sale.admission(&shopper, &ticket).await.unwrap();
    let body = json!({ "payment_method": format!("pm_{}", canary.word), "shipping_address": private_address(canary) });
    let path = format!("/sales/{}/intents", sale.id);
    let headers = [("souk-admission", admission.as_str())];
    let intent = shopper.send(Method::POST, &path, &headers, Some(body)).await.expect(202);
    let ended = sale.intent_in(&shopper, intent.text("intent_id"), "CANCELLED").await;
    sale.end().await;
    ended["order_id"].as_str().unwrap().to_owned()
}
