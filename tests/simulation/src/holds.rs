//! What must hold of rows that hold their holds once everything has come to rest.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    edges::held_in,
    observer::{Image, sku_of},
    world::World,
};

/// What is wrong.
pub fn judge(world: &World) -> Vec<String> {
    let (orders, rows) = (world.observer.images("orders"), world.observer.images("inventory"));
    let mut wrong = invariant_i2_units_are_available_or_left(world, &rows);
    wrong.extend(invariant_i3_units_follow_the_decision(world, &orders));
    wrong.extend(invariant_i3_nothing_is_held_or_open(world, &orders, &rows));
    wrong.extend(invariant_i8_each_moved_once(world));
    wrong
}

fn text<'a>(image: &'a Image, name: &str) -> &'a str {
    image.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// SKU and units of a list, summed.
fn sums(list: Option<&Value>, units: &str) -> BTreeMap<String, i64> {
    let mut sums = BTreeMap::new();
    for part in list.and_then(Value::as_array).into_iter().flatten() {
        let of_part = part.as_object().map(sku_of).unwrap_or_default().to_owned();
        *sums.entry(of_part).or_default() += part[units].as_i64().unwrap_or_default();
    }
    sums.retain(|_, units| *units != 0);
    sums
}

/// I2: what was supplied is available, or has left for somebody.
fn invariant_i2_units_are_available_or_left(world: &World, rows: &[Image]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (sku, supplied) in &world.observer.supplied {
        let of_sku = rows.iter().filter(|row| sku_of(row) == sku);
        let available: i64 = of_sku.filter_map(|row| row["available"].as_i64()).sum();
        let left: i64 = world.observer.left.iter().filter(|((_, of), _)| of == sku).map(|(_, units)| units).sum();
        if *supplied != available + left {
            wrong.push(format!("invariant_i2: of {supplied} × {sku}, {available} are available and {left} have left"));
        }
    }
    wrong
}

/// I3: exactly its units have left for a confirmed order, and it says from where; none for a cancelled one, but what was
/// missing; and none for whoever has no order.
fn invariant_i3_units_follow_the_decision(world: &World, orders: &[Image]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut left: BTreeMap<&str, BTreeMap<String, i64>> = BTreeMap::new();
    for ((checkout_id, sku), units) in &world.observer.left {
        if *units != 0 {
            left.entry(checkout_id).or_default().insert(sku.clone(), *units);
        }
    }
    for order in orders {
        let (order_id, status) = (text(order, "order_id"), text(order, "status"));
        let left = left.remove(text(order, "checkout_id")).unwrap_or_default();
        let missing = sums(order.get("shortages"), "units");
        let right = match status {
            "CANCELLED" => {
                let stays = |(sku, units): (&String, &i64)| missing.get(sku).is_some_and(|missing| units <= missing);
                left.iter().all(stays) && order.contains_key("stock_back")
            }
            "PENDING_PAYMENT" => true,
            _ => {
                let lines = sums(order.get("lines"), "quantity");
                left == lines && sums(order.get("units"), "quantity") == lines
            }
        };
        if !right {
            let units = order.get("units");
            wrong.push(format!("invariant_i3: {order_id} is {status}, {left:?} have left for it, it says {units:?}"));
        }
    }
    wrong.extend(left.iter().map(|(checkout_id, units)| format!("invariant_i3: {units:?} left for {checkout_id}")));
    wrong
}

/// I3: nothing is held, each checkout is over, and whoever is attached has an order.
fn invariant_i3_nothing_is_held_or_open(world: &World, orders: &[Image], rows: &[Image]) -> Vec<String> {
    let mut wrong = Vec::new();
    for row in rows {
        for (whose, units) in held_in(row) {
            wrong.push(format!("invariant_i3: {units} × {} are still held for {whose}", text(row, "sku")));
        }
    }
    for checkout in world.observer.images("checkouts") {
        let (id, state) = (text(&checkout, "id"), text(&checkout, "state"));
        let has_order = orders.iter().any(|order| text(order, "checkout_id") == id);
        if state == "OPEN" || (state == "ORDERED") != has_order {
            wrong.push(format!("invariant_i3: {id} is {state}, and has an order: {has_order}"));
        }
    }
    wrong
}

/// I8: a checkout's units were held, sold and returned once in each row.
fn invariant_i8_each_moved_once(world: &World) -> Vec<String> {
    let mut wrong = Vec::new();
    for (moved, count) in &world.observer.movements {
        let once = matches!(moved.kind.as_str(), "RESERVED" | "COMMITTED" | "RETURNED");
        if moved.reference.starts_with("chk_") && once && *count > 1 {
            wrong.push(format!("invariant_i8: {} happened {count} times for {}", moved.kind, moved.reference));
        }
    }
    wrong
}
