//! Items of each shape in which orders were ever stored.

use serde_json::{Value, json};
use souk_domain::order::Actor;

use super::*;

fn read(item: Value) -> Order {
    serde_json::from_value::<OrderRecord>(item).unwrap().into()
}

/// What all items have in common.
fn item(other: Value) -> Value {
    let mut item = json!({
        "order_id": "ord_0123456789abcdef0123456789abcdef",
        "user_id": "u1",
        "status": "PENDING_PAYMENT",
        "version": 1,
        "lines": [{"sku": "MUG-1", "quantity": 2, "unit_price": {"amount": 1250, "currency": "USD"}}],
        "total": {"amount": 2500, "currency": "USD"},
        "created_at": 1_800_000_000_000_i64,
        "pay_by": 1_800_001_800_000_i64,
        "unsettled": "u#07",
        "unsettled_since": 1_800_000_000_000_i64,
        "history": [{"status": "PENDING_PAYMENT", "at": 1_800_000_000_000_i64, "by": "customer"}],
        "placed": "1800000000000#ord_0123456789abcdef0123456789abcdef",
    });
    item.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
    item
}

/// What only an order has that somebody asked for.
fn wanted(other: Value) -> Value {
    let mut item = item(json!({
        "shipping_address": {
            "name": "A. Customer", "line1": "1 Main Street", "city": "Memphis", "postal_code": "38103", "country": "US",
        },
        "payment_method": "pm_card_visa",
    }));
    item.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
    item
}

fn from_checkout() -> Value {
    json!({
        "checkout_id": "chk_0123456789abcdef0123456789abcdef",
        "reservation_id": "res_0123456789abcdef0123456789abcdef",
        "cart_version": 3,
        "request_digest": "d",
    })
}

fn from_sale() -> Value {
    json!({"sale_id": "black-friday", "shard": 7, "warehouse_id": "east"})
}

fn tagged(tag: &str, mut origin: Value) -> Value {
    origin["origin"] = tag.into();
    origin
}

#[test]
fn an_order_of_a_checkout_is_read_with_its_tag_and_without() {
    for origin in [from_checkout(), tagged("CHECKOUT", from_checkout())] {
        let order = read(wanted(origin));
        assert_eq!(order.origin.checkout().and_then(|checkout| checkout.cart_version), Some(3));
        assert!(order.origin.sale().is_none());
        assert!(!order.settled);
        assert_eq!(order.history[0].by, Actor::Customer);
    }
}

#[test]
fn an_order_of_a_flash_sale_is_read_with_its_tag_and_without() {
    for origin in [from_sale(), tagged("FLASH_SALE", from_sale())] {
        let order = read(wanted(origin));
        assert_eq!(order.origin.sale().map(|sale| sale.shard), Some(7));
        assert!(order.origin.checkout().is_none());
    }
}

#[test]
fn a_claim_that_was_never_ordered_is_read() {
    let mut tombstone = item(tagged("FLASH_SALE", from_sale()));
    tombstone["status"] = "CANCELLED".into();
    tombstone["cancel_reason"] = "claim_expired".into();
    tombstone["history"][0] = json!({"status": "CANCELLED", "at": 1_800_000_000_000_i64, "by": "sweeper"});
    let order = read(tombstone);
    assert_eq!((order.cancel_reason, order.shipping_address), (Some(CancelReason::ClaimExpired), None));
}

#[test]
fn a_settled_order_that_has_left_is_read_from_either_table() {
    let mut left = wanted(from_checkout());
    let by = |status: &str, by: &str| json!({"status": status, "at": 1_800_000_000_000_i64, "by": by});
    left["status"] = "DELIVERED".into();
    left["history"] = json!([
        by("PENDING_PAYMENT", "customer"),
        by("CONFIRMED", "saga"),
        by("SHIPPED", "warehouse"),
        by("DELIVERED", "warehouse"),
    ]);
    left["shipments"] = json!([{
        "warehouse_id": "east", "items": [{"sku": "MUG-1", "quantity": 2}], "carrier": "UPS", "tracking_number": "1Z",
    }]);
    left["expires_at"] = json!(1_802_592_000);
    let fields = left.as_object_mut().unwrap();
    fields.remove("unsettled");
    fields.remove("unsettled_since");
    let order = read(left);
    assert!(order.settled);
    assert_eq!(order.shipments[0].items[0].quantity, 2);
}

#[test]
fn an_item_that_says_no_origin_or_lacks_what_its_tag_promises_is_refused() {
    for origin in [json!({}), json!({"sale_id": "x"}), json!({"origin": "CHECKOUT"})] {
        assert!(serde_json::from_value::<OrderRecord>(wanted(origin)).is_err());
    }
}

#[test]
fn what_is_written_is_what_was_stored_before_and_its_tag_and_list() {
    for (tag, origin) in [("CHECKOUT", from_checkout()), ("FLASH_SALE", from_sale())] {
        let mut stored = wanted(tagged(tag, origin));
        let order = read(stored.clone());
        stored["unsettled"] = Order::sweep_shard(&order.order_id).into();
        if let Some(listed) = listed(order.status, &order.order_id) {
            stored["listed"] = listed.into();
        }
        assert_eq!(serde_json::to_value(OrderRecord::from(&order)).unwrap(), stored);
    }
}

#[test]
fn an_order_comes_back_from_dynamodb_as_it_was_written() {
    let order = read(wanted(from_sale()));
    let item = souk_dynamo::encode(&OrderRecord::from(&order)).unwrap();
    assert_eq!(Order::from(souk_dynamo::decode::<OrderRecord>(item).unwrap()), order);
}
