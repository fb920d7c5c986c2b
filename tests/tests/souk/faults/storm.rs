use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;

use super::reaches;
use crate::support::{Api, Shelf, address, assert_agreement, fresh, stack};

/// Orders that want a unit, of so many shoppers, and the units that there are.
const ORDERS: usize = 40;
const SHOPPERS: usize = 20;
const UNITS: u32 = 25;

/// What happens to an order at the very moment when it is placed.
#[derive(Debug, Clone, Copy)]
enum Meanwhile {
    Nothing,
    CustomerCancels,
    OperatorCancels,
    WarehouseShips,
    ShipsAndCancels,
    CheckoutIsGivenUp,
}

struct People {
    shopper: Api,
    operator: Api,
    warehouse: Api,
}

async fn meanwhile(what: Meanwhile, people: &People, order_id: &str, checkout_id: &str) {
    let ship = || async {
        let parcel = json!({ "carrier": "Speedy", "tracking_number": "SP-1" });
        // It becomes possible at some moment; 409 until then.
        for _ in 0..15 {
            if people.warehouse.post(&format!("/admin/orders/{order_id}/ship"), parcel.clone()).await.status == 200 {
                break;
            }
        }
    };
    let cancel =
        |by: &'static str, who: Api| async move { who.post(&format!("{by}/{order_id}/cancel"), json!({})).await };
    match what {
        Meanwhile::Nothing => {}
        Meanwhile::CustomerCancels => {
            cancel("/orders", people.shopper.clone()).await;
        }
        Meanwhile::OperatorCancels => {
            cancel("/admin/orders", people.operator.clone()).await;
        }
        Meanwhile::WarehouseShips => ship().await,
        Meanwhile::ShipsAndCancels => {
            reaches(&people.shopper, order_id, "CONFIRMED").await;
            tokio::join!(ship(), cancel("/admin/orders", people.operator.clone()));
        }
        Meanwhile::CheckoutIsGivenUp => {
            people.shopper.delete(&format!("/checkouts/{checkout_id}")).await;
        }
    }
}

/// Checks out, orders with the same key from two tabs at once, and lets something happen meanwhile. A shopper's other order
/// may have taken over what this one holds.
async fn one(n: usize, people: &People, sku: &str) -> Option<String> {
    use Meanwhile::{CheckoutIsGivenUp, CustomerCancels, Nothing, OperatorCancels, ShipsAndCancels, WarehouseShips};
    let what = [Nothing, CustomerCancels, WarehouseShips, OperatorCancels, ShipsAndCancels, CheckoutIsGivenUp][n % 6];
    let method = match (what, n % 5) {
        (ShipsAndCancels, _) => "pm_card_visa",
        (_, 0) => "pm_card_chargeDeclined",
        (_, 1) => "pm_card_authenticationRequired",
        _ => "pm_card_visa",
    };
    let checkout = people.shopper.check_out(sku, 1).await;
    if checkout.status != 201 {
        assert!(checkout.status == 409 || checkout.status >= 500, "{}", checkout.body);
        return None;
    }
    let checkout_id = checkout.text("checkout_id");
    let key = fresh("key");
    let body = json!({ "checkout_id": checkout_id, "payment_method": method, "shipping_address": address() });
    let headers = [("idempotency-key", key.as_str())];
    let place = || people.shopper.send(Method::POST, "/orders", &headers, Some(body.clone()));
    let (one, two) = tokio::join!(place(), place());
    let order_id = [&one, &two].iter().find(|reply| reply.status < 300).map(|r| r.text("order_id").to_owned())?;
    for reply in [&one, &two].into_iter().filter(|reply| reply.status < 300) {
        assert_eq!(reply.text("order_id"), order_id, "one key, one order (I4)");
    }
    if matches!(what, ShipsAndCancels) {
        // Only an order that is confirmed can be shipped and cancelled at once.
        let reply = people.shopper.get(&format!("/orders/{order_id}")).await;
        if reply.status != 200 || reply.body["status"] == "CANCELLED" {
            return Some(order_id);
        }
    }
    meanwhile(what, people, &order_id, checkout_id).await;
    Some(order_id)
}

#[tokio::test]
async fn invariant_i3_when_all_buy_cancel_ship_and_wait_at_once_the_records_agree() {
    let (operator, warehouse) = (stack().sign_in("operator").await, stack().sign_in("warehouse").await);
    let with = |shopper| People { shopper, operator: operator.clone(), warehouse: warehouse.clone() };
    let people: Vec<People> = stack().crowd(SHOPPERS).await.into_iter().map(with).collect();
    let shelf = Shelf::stocked(&operator, 3100, UNITS).await;
    let told = join_all((0..ORDERS).map(|n| one(n, &people[n % SHOPPERS], &shelf.sku))).await;
    let order_ids = join_all(people.iter().map(|people| people.shopper.orders_of(&shelf.sku))).await.concat();
    for order_id in told.iter().flatten() {
        assert!(order_ids.contains(order_id), "{order_id} was answered and is lost (I9)");
    }
    println!("{} of {ORDERS} orders were placed for {UNITS} units", order_ids.len());
    assert!(order_ids.len() >= UNITS as usize / 2, "the storm sold nothing: {}", order_ids.len());
    assert_agreement(stack(), &operator, &shelf, &order_ids, i64::from(UNITS), 1).await;
}
