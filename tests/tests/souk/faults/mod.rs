//! What goes wrong on purpose, on the deployed stack: gateway faults, races of everything with
//! everything, functions that are killed while they work, an outage of the search service. They run after all other tests, and beside
//! each other: whatever one of them breaks, the others must bear. At the end of each, stock, orders and
//! money agree.

mod gateway;
mod killed;
mod search;
mod storm;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Api, REST, address, eventually, fresh};

/// How often a client repeats a request whose function died.
const TRIES: usize = 20;

/// Checks out and orders one unit, repeating whatever was not answered: repeating is safe. `None` where
/// the function died every time, or nothing was left.
async fn buy_whatever_dies(shopper: &Api, sku: &str, payment_method: &str) -> Option<String> {
    let mut checkout = None;
    for _ in 0..TRIES {
        let reply = shopper.check_out(sku, 1).await;
        if reply.status == 201 {
            checkout = Some(reply.text("checkout_id").to_owned());
            break;
        }
    }
    let (checkout, key) = (checkout?, fresh("key"));
    let body = json!({ "checkout_id": checkout, "payment_method": payment_method, "shipping_address": address() });
    for _ in 0..TRIES {
        let reply = shopper.send(Method::POST, "/orders", &[("idempotency-key", &key)], Some(body.clone())).await;
        if reply.status == 201 || reply.status == 200 {
            return Some(reply.text("order_id").to_owned());
        }
        assert!(reply.status >= 500 || reply.status == 409, "{} {}", reply.status, reply.body);
    }
    None
}

/// Waits until the order has this status, however often it must be swept up.
async fn reaches(shopper: &Api, order_id: &str, status: &str) -> Value {
    eventually(&format!("{order_id} {status}"), REST, || async {
        let reply = shopper.get(&format!("/orders/{order_id}")).await;
        (reply.status == 200 && reply.body["status"] == status).then_some(reply.body)
    })
    .await
}
