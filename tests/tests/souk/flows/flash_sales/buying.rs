use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Effects, FlashSale, PROJECTION, admin, eventually, stack};

#[tokio::test]
async fn a_shopper_waits_is_admitted_claims_and_pays_like_any_other() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let sale = FlashSale::defined(&operator, 3).await;
    assert_eq!(sale.shelf.numbers().await, (3, 0, 3), "the sale's units have left stock");
    let ticket = sale.join(&shopper).await;
    let waiting = sale.standing(&shopper, &ticket).await.expect(200).body;
    assert_eq!(
        (&waiting["status"], waiting.get("position")),
        (&json!("SCHEDULED"), None),
        "no position before the draw"
    );
    assert!(waiting["poll_after_seconds"].as_f64().unwrap() > 0.0);
    sale.say("open").await.expect(200);

    let admission = sale.admission(&shopper, &ticket).await.unwrap();
    let asked = sale.ask(&shopper, &admission, "pm_card_visa").await.expect(202);
    let intent_id = asked.text("intent_id");
    assert_eq!(asked.header("location"), format!("/sales/{}/intents/{intent_id}", sale.id));
    let paid = sale.intent_in(&shopper, intent_id, "PAID").await;
    let order_id = paid["order_id"].as_str().unwrap();
    let order = shopper.order_in(order_id, "CONFIRMED").await;
    assert_eq!(order["total"], json!({ "amount": 1999, "currency": "USD" }), "the sale's price, not the shop's");
    assert_eq!(order["lines"][0]["title"], "Thing");
    operator.settled(order_id).await;
    assert_eq!(stack().effects(order_id).await, Effects { authorizations: 1, captures: 0, voids: 0, refunds: 0 });

    // Asking again answers the first intent, also in another window with another card.
    let again = sale.ask(&shopper, &admission, "pm_card_chargeDeclined").await.expect(202);
    assert_eq!((again.text("intent_id"), again.text("status")), (intent_id, "PAID"));
    let progress = sale.comes_to([1, 1, 1, 0, 2]).await["progress"].clone();
    assert!(progress["admitted"].as_u64().unwrap() >= 1, "{progress}");

    // It leaves the sale's warehouse like every other order.
    let warehouse = stack().sign_in("warehouse").await;
    let parcel = json!({ "carrier": "Speedy", "tracking_number": "SP-1" });
    let shipped = warehouse.post(&format!("/admin/orders/{order_id}/ship"), parcel).await.expect(200);
    assert_eq!(shipped.body["shipments"][0]["warehouse_id"], "w1");
    sale.say("close").await.expect(200);
    assert_eq!(sale.shelf.numbers().await, (5, 0, 5), "two unsold units are back");
}

#[tokio::test]
async fn a_unit_that_is_not_paid_for_is_sold_again_to_somebody_else() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let other = stack().sign_in("shopper2").await;
    let sale = FlashSale::open(&operator, 1).await;
    let declined = sale.buy(&shopper, "pm_card_chargeDeclined").await.expect(202);
    let intent_id = declined.text("intent_id");
    sale.intent_in(&shopper, intent_id, "CANCELLED").await;
    sale.comes_to([1, 1, 0, 1, 1]).await;

    let bought = sale.buy(&other, "pm_card_visa").await.expect(202);
    sale.intent_in(&other, bought.text("intent_id"), "PAID").await;
    // The first one may not claim again: their answer is the order that came to nothing.
    let ticket = sale.join(&shopper).await;
    assert_eq!(sale.admission(&shopper, &ticket).await, None, "everything is sold");
    sale.comes_to([2, 2, 1, 1, 0]).await;
    sale.end().await;
}

#[tokio::test]
async fn a_cancelled_order_gives_its_unit_to_the_sale_and_after_its_end_to_stock() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let sale = FlashSale::opening_by_itself(&operator, 2).await;
    let bought = sale.buy(&shopper, "pm_card_visa").await.expect(202);
    let paid = sale.intent_in(&shopper, bought.text("intent_id"), "PAID").await;
    sale.say("close").await.expect(200);
    assert_eq!(sale.shelf.numbers().await, (3, 0, 3), "one unsold unit is back, one is sold");
    let cancel = format!("/orders/{}/cancel", paid["order_id"].as_str().unwrap());
    shopper.post(&cancel, json!({})).await.expect(200);
    let back = || async { (sale.shelf.numbers().await == (4, 0, 4)).then_some(()) };
    crate::support::eventually("the sweeper credits stock", crate::support::REST, back).await;
    let order_id = paid["order_id"].as_str().unwrap();
    operator.settled(order_id).await;
    let about = [order_id, sale.id.as_str(), sale.shelf.sku.as_str()];
    assert_eq!(stack().violations_of(&about).await, Vec::<Value>::new());
    let closed = stack().guest().get(&format!("/sales/{}", sale.id)).await.expect(200);
    assert_eq!(closed.text("status"), "CLOSED");
    assert_eq!(closed.body["draw"]["lottery_key"].as_str().unwrap().len(), 64, "the key of the draw is public now");
}

#[tokio::test]
async fn a_sale_sells_nothing_that_is_withdrawn() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let sale = FlashSale::open(&operator, 2).await;
    let ticket = sale.join(&shopper).await;
    let admission = sale.admission(&shopper, &ticket).await.unwrap();
    operator.send(Method::DELETE, &admin(&sale.shelf.sku), &[("if-match", "\"1\"")], None).await.expect(204);
    let item = format!("/cart/items/{}", sale.shelf.sku);
    eventually("the withdrawal", PROJECTION, || async {
        (operator.put(&item, json!({ "quantity": 1 })).await.status == 409).then_some(())
    })
    .await;
    // No function has this SKU in mind yet.
    let refused = sale.ask(&shopper, &admission, "pm_card_visa").await;
    refused.expect_problem(409, "not-for-sale");
    operator.delete(&item).await.expect(200);
    let again = format!("/admin/sales/{}-again", sale.id);
    operator.put(&again, sale.terms(1, 600)).await.expect_problem(409, "not-for-sale");
    sale.end().await;
}
