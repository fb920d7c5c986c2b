//! What one write may do to what leaves of an order, and what must hold of the warehouses' work in the end.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::observer::Image;

/// Since when each warehouse's shipment has left.
fn departures(order: &Image) -> BTreeMap<&str, i64> {
    let shipments = order.get("shipments").and_then(Value::as_array).into_iter().flatten();
    let left = shipments.filter_map(|s| Some((s["warehouse_id"].as_str()?, s["shipped_at"].as_i64()?)));
    left.collect()
}

/// True where nothing of it was there.
fn is_empty(shipment: &Value) -> bool {
    shipment["items"].as_array().is_none_or(Vec::is_empty)
}

fn text<'a>(image: &'a Image, name: &str) -> &'a str {
    image.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// What is wrong with a change of an order; `paid` says whether its money was taken before.
pub fn judge(before: Option<&Image>, after: &Image, paid: bool) -> Vec<String> {
    let (order_id, status) = (text(after, "order_id"), text(after, "status"));
    let (had_left, left) = (before.map(departures).unwrap_or_default(), departures(after));
    let mut wrong = Vec::new();
    for (from, at) in &had_left {
        if left.get(from) != Some(at) {
            wrong.push(format!("invariant_i8: what left {from} of {order_id} has left again, or is back"));
        }
    }
    let is_cancelled = status == "CANCELLED" && before.is_some_and(|before| text(before, "status") != "CANCELLED");
    if is_cancelled && !had_left.is_empty() {
        wrong.push(format!("invariant_i3: {order_id} was cancelled, and a part of it has left"));
    }
    let by_customer = text(after, "cancel_reason") == "customer";
    if is_cancelled && by_customer && before.is_some_and(|before| before.contains_key("packed_at")) {
        wrong.push(format!("invariant_i5: its customer cancelled {order_id}, which was packed"));
    }
    if left.len() > had_left.len() {
        if !matches!(status, "CONFIRMED" | "SHIPPED") {
            wrong.push(format!("invariant_i3: a parcel of {order_id} left, and the order is {status}"));
        }
        if !paid {
            wrong.push(format!("invariant_i6: a parcel of {order_id} left before its money was taken"));
        }
    }
    wrong
}

/// At rest: an order is shipped with its last parcel, and the warehouses' work is what the order says.
pub fn judge_end(orders: &[Image], fulfilments: &[Image]) -> Vec<String> {
    let mut wrong = Vec::new();
    for order in orders {
        let (order_id, status) = (text(order, "order_id"), text(order, "status"));
        let (sent, empty): (Vec<_>, Vec<_>) =
            order.get("shipments").and_then(Value::as_array).into_iter().flatten().partition(|of| !is_empty(of));
        let shipments = sent.len();
        let left = departures(order);
        let all = shipments > 0 && left.len() == shipments;
        if all != matches!(status, "SHIPPED" | "DELIVERED") {
            wrong.push(format!("invariant_i7: {order_id} is {status}, and {} of {shipments} have left", left.len()));
        }
        let work: Vec<_> = fulfilments.iter().filter(|work| text(work, "order_id") == order_id).collect();
        if status == "CONFIRMED" && work.is_empty() {
            wrong.push(format!("invariant_i9: no warehouse works on {order_id}"));
        }
        for work in work {
            let (from, state) = (text(work, "warehouse_id"), text(work, "state"));
            let right = match status {
                "CANCELLED" => state == "CANCELLED",
                _ if empty.iter().any(|of| of["warehouse_id"] == from) => state == "CANCELLED",
                _ if left.contains_key(from) => state == "SHIPPED",
                _ => matches!(state, "NEW" | "PICKING" | "PACKED"),
            };
            if !right || work.contains_key("work") != matches!(state, "NEW" | "PICKING" | "PACKED") {
                wrong.push(format!("invariant_i7: {order_id} is {status}, and its work in {from} {state}"));
            }
        }
    }
    wrong
}
