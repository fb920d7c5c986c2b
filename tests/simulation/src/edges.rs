//! What one write may do to one item: I1 and I5, judged at every version.

use serde_json::Value;

use crate::{flash_sale, observer::Image};

/// What is wrong with a change.
pub fn judge(table: &str, before: Option<&Image>, after: &Image) -> Vec<String> {
    let mut wrong = Vec::new();
    match table {
        "inventory" => {
            wrong.extend(invariant_i1_a_row_adds_up(after));
            wrong.extend(invariant_i5_versions_rise(table, before, after, 1));
        }
        "orders" => {
            wrong.extend(invariant_i5_an_order_takes_legal_edges(before, after));
            if before.is_none_or(|before| visible(before) != visible(after)) {
                wrong.extend(invariant_i5_versions_rise(table, before, after, 1));
            }
        }
        // What a sale has taken has no states.
        "reservations" if after.contains_key("sale_id") => {
            wrong.extend(invariant_i5_versions_rise(table, before, after, 1));
        }
        "reservations" => {
            wrong.extend(invariant_i5_states_take_legal_edges(
                table,
                before,
                after,
                &[("HELD", "HELD"), ("HELD", "COMMITTED"), ("HELD", "RELEASED"), ("COMMITTED", "COMMITTED")],
            ));
            wrong.extend(invariant_i5_versions_rise(table, before, after, 1));
        }
        "fulfilments" => {
            wrong.extend(invariant_i5_states_take_legal_edges(table, before, after, FULFILMENT_EDGES));
            wrong.extend(invariant_i5_versions_rise(table, before, after, 1));
        }
        "sale-shards" => wrong.extend(flash_sale::edges::judge(before, after)),
        "payments" if after.contains_key("state") => {
            wrong.extend(invariant_i5_states_take_legal_edges(table, before, after, PAYMENT_EDGES));
        }
        _ => {}
    }
    wrong
}

/// A fenced record is never authorised again, and what is final stays.
const PAYMENT_EDGES: &[(&str, &str)] = &[
    ("INTENT", "INTENT"),
    ("INTENT", "AUTHORIZED"),
    ("INTENT", "REQUIRES_ACTION"),
    ("INTENT", "DECLINED"),
    ("INTENT", "VOIDING"),
    ("INTENT", "VOIDED"),
    ("REQUIRES_ACTION", "REQUIRES_ACTION"),
    ("REQUIRES_ACTION", "AUTHORIZED"),
    ("REQUIRES_ACTION", "DECLINED"),
    ("REQUIRES_ACTION", "VOIDING"),
    ("DECLINED", "DECLINED"),
    ("DECLINED", "AUTHORIZED"),
    ("DECLINED", "INTENT"),
    ("DECLINED", "VOIDING"),
    ("AUTHORIZED", "AUTHORIZED"),
    ("AUTHORIZED", "CAPTURING"),
    ("AUTHORIZED", "VOIDING"),
    ("CAPTURING", "CAPTURING"),
    ("CAPTURING", "CAPTURED"),
    ("CAPTURING", "AUTHORIZED"),
    ("CAPTURING", "VOIDED"),
    ("CAPTURING", "VOIDING"),
    ("CAPTURED", "CAPTURED"),
    ("CAPTURED", "VOIDING"),
    ("VOIDING", "VOIDING"),
    ("VOIDING", "VOIDED"),
    ("VOIDING", "REFUNDED"),
    ("VOIDED", "VOIDED"),
    ("REFUNDED", "REFUNDED"),
];

/// What the order says may be learnt late, so steps may be skipped.
const FULFILMENT_EDGES: &[(&str, &str)] = &[
    ("NEW", "PICKING"),
    ("NEW", "PACKED"),
    ("NEW", "SHIPPED"),
    ("NEW", "CANCELLED"),
    ("PICKING", "NEW"),
    ("PICKING", "PICKING"),
    ("PICKING", "PACKED"),
    ("PICKING", "SHIPPED"),
    ("PICKING", "CANCELLED"),
    ("PACKED", "SHIPPED"),
    ("PACKED", "CANCELLED"),
];

const ORDER_EDGES: &[(&str, &str)] = &[
    ("PENDING_PAYMENT", "CONFIRMED"),
    ("PENDING_PAYMENT", "CANCELLED"),
    ("CONFIRMED", "CANCELLED"),
    ("CONFIRMED", "SHIPPED"),
    ("SHIPPED", "DELIVERED"),
];

/// What never changes once an order is placed. Its owner may change the address, which no story here does.
const FIXED: &[&str] = &[
    "user_id",
    "checkout_id",
    "reservation_id",
    "rows",
    "sale_id",
    "shard",
    "lines",
    "total",
    "shipping_address",
    "created_at",
    "pay_by",
];

fn number(image: &Image, name: &str) -> i64 {
    image.get(name).and_then(Value::as_i64).unwrap_or(i64::MIN)
}

fn text<'a>(image: &'a Image, name: &str) -> &'a str {
    image.get(name).and_then(Value::as_str).unwrap_or("absent")
}

/// What a row holds for whom: entries that are numbers are holds, all others are marks.
pub fn held_in(row: &Image) -> impl Iterator<Item = (&String, i64)> {
    let entries = row.get("holds").and_then(Value::as_object).into_iter().flatten();
    entries.filter_map(|(whose, entry)| Some((whose, entry.as_str()?.parse().ok()?)))
}

/// I1: 0 <= reserved <= quantity, and available is the difference.
pub fn invariant_i1_a_row_adds_up(row: &Image) -> Option<String> {
    let [quantity, reserved, available] = ["quantity", "reserved_quantity", "available"].map(|name| number(row, name));
    let reserved = reserved + held_in(row).map(|(_, units)| units).sum::<i64>();
    let holds = 0 <= reserved && reserved <= quantity && available == quantity - reserved;
    (!holds).then(|| {
        let (sku, at) = (text(row, "sku"), text(row, "warehouse_id"));
        format!("invariant_i1: {sku} at {at} has quantity {quantity}, reserved {reserved}, available {available}")
    })
}

/// I5: versions begin at 1 (a cart's elsewhere) and rise one by one.
pub fn invariant_i5_versions_rise(table: &str, before: Option<&Image>, after: &Image, by: i64) -> Option<String> {
    let (old, new) = (before.map_or(0, |before| number(before, "version")), number(after, "version"));
    (new != old + by).then(|| format!("invariant_i5: a version of {table} went from {old} to {new}"))
}

/// I5: the order's status takes legal edges only, its history tells each, its content is fixed, and with its
/// confirmation it is promised when it leaves and arrives.
pub fn invariant_i5_an_order_takes_legal_edges(before: Option<&Image>, after: &Image) -> Vec<String> {
    let empty = Vec::new();
    let history = after.get("history").and_then(Value::as_array).unwrap_or(&empty);
    let (order_id, to) = (text(after, "order_id"), text(after, "status"));
    let mut wrong = Vec::new();
    if history.last().and_then(|entry| entry["status"].as_str()) != Some(to) {
        wrong.push(format!("invariant_i5: {order_id} is {to}, and its history ends elsewhere"));
    }
    let Some(before) = before else {
        // The mark that a claim's order never came is born cancelled.
        let is_mark =
            to == "CANCELLED" && (text(after, "cancel_reason") == "claim_expired" || after.contains_key("rows"));
        if !(to == "PENDING_PAYMENT" || is_mark) || history.len() != 1 {
            wrong.push(format!("invariant_i5: {order_id} begins as {to}"));
        }
        return wrong;
    };
    let from = text(before, "status");
    let told = before.get("history").and_then(Value::as_array).map_or(0, Vec::len);
    let stays = from == to;
    if !stays && !ORDER_EDGES.contains(&(from, to)) {
        wrong.push(format!("invariant_i5: {order_id} went from {from} to {to}"));
    }
    if history.len() != told + usize::from(!stays) {
        wrong.push(format!(
            "invariant_i5: {order_id} went from {from} to {to}, with {} new entries",
            history.len().saturating_sub(told)
        ));
    }
    let (promised, promises) = (before.get("promise"), after.get("promise"));
    let confirms = (from, to) == ("PENDING_PAYMENT", "CONFIRMED");
    if confirms != (promised.is_none() && promises.is_some()) || (!confirms && promised != promises) {
        wrong.push(format!(
            "invariant_i5: {order_id} went from {from} to {to}, promised {promised:?}, then {promises:?}"
        ));
    }
    for name in FIXED {
        if before.get(*name) != after.get(*name) {
            wrong.push(format!("invariant_i5: {name} of {order_id} was changed"));
        }
    }
    wrong
}

/// I5 for reservations and payment records.
pub fn invariant_i5_states_take_legal_edges(
    table: &str,
    before: Option<&Image>,
    after: &Image,
    legal: &[(&str, &str)],
) -> Option<String> {
    let before = before?;
    let edge = (text(before, "state"), text(after, "state"));
    (!legal.contains(&edge)).then(|| format!("invariant_i5: {table} went from {} to {}", edge.0, edge.1))
}

/// An order without what only the archive's time to live is.
fn visible(order: &Image) -> Image {
    order.iter().filter(|(name, _)| *name != "expires_at").map(|(name, value)| (name.clone(), value.clone())).collect()
}
