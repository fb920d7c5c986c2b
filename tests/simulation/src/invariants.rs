//! What must hold once everything has come to rest. I1 and I5 are judged at every write (`edges`), I11
//! when an order is placed (`observer`).

use std::collections::BTreeMap;

use serde_json::Value;
use souk_gateway::intent::{CancellationReason, Intent, State};

use crate::{
    flash_sale, messages,
    observer::Image,
    parcels,
    promises::{Promises, lines_of},
    subject::Subject,
    world::World,
};

/// Everything at rest.
struct End<'a> {
    world: &'a World,
    promises: &'a Promises,
    orders: Vec<Image>,
    archived: Vec<Image>,
    reservations: BTreeMap<String, Image>,
    payments: BTreeMap<String, Image>,
    checkouts: Vec<Image>,
    rows: Vec<Image>,
}

/// How many orders ended in which status.
pub fn orders_by_status(world: &World) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for order in world.observer.images("orders") {
        *counts.entry(text(&order, "status").to_owned()).or_default() += 1;
    }
    counts
}

/// What is wrong.
pub fn judge(subject: Subject, world: &World, promises: &Promises) -> Vec<String> {
    let by = |table: &str, key: &str| {
        world.observer.images(table).into_iter().map(|image| (text(&image, key).to_owned(), image)).collect()
    };
    let end = End {
        world,
        promises,
        orders: world.observer.images("orders"),
        archived: world.observer.images("order-archive"),
        reservations: by("reservations", "reservation_id"),
        payments: by("payments", "order_id"),
        checkouts: world.observer.images("checkouts"),
        rows: world.observer.images("inventory"),
    };
    let mut wrong = promises.violations.clone();
    wrong.extend(invariant_i6_money_follows_the_decision(&end));
    wrong.extend(invariant_i6_refunds_agree_with_the_gateway(&end));
    wrong.extend(invariant_i7_every_order_has_ended(&end));
    wrong.extend(invariant_i8_money_moved_once(&end));
    wrong.extend(invariant_i9_every_decision_was_published_and_archived(&end));
    wrong.extend(messages::invariant_i13_each_event_is_told_once_or_says_why_not(world));
    wrong.extend(parcels::judge_end(&end.orders, &world.observer.images("fulfilments")));
    if subject == Subject::Orders {
        wrong.extend(crate::holds::judge(world));
        wrong.extend(invariant_i9_a_named_card_is_tried(&end));
        wrong.extend(invariant_i4_one_order_per_key_checkout_and_cart(&end));
        wrong.extend(invariant_i9_what_was_promised_is_there(&end));
        return wrong;
    }
    if subject == Subject::FlashSale {
        wrong.extend(flash_sale::invariants::judge(world, promises));
        return wrong;
    }
    wrong.extend(invariant_i2_units_are_available_or_sold(&end));
    wrong.extend(invariant_i3_stock_follows_the_decision(&end));
    wrong.extend(invariant_i4_one_order_per_key_checkout_and_cart(&end));
    wrong.extend(invariant_i8_units_moved_once(&end));
    wrong.extend(invariant_i9_what_was_promised_is_there(&end));
    wrong
}

fn text<'a>(image: &'a Image, name: &str) -> &'a str {
    image.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn number(image: &Image, name: &str) -> i64 {
    image.get(name).and_then(Value::as_i64).unwrap_or_default()
}

fn is_sold(reservation: &Image) -> bool {
    text(reservation, "state") == "COMMITTED" && reservation.get("returned") != Some(&Value::Bool(true))
}

/// SKU and units, summed.
fn units(lines: impl IntoIterator<Item = (String, i64)>) -> BTreeMap<String, i64> {
    let mut sums = BTreeMap::new();
    for (sku, units) in lines {
        *sums.entry(sku).or_default() += units;
    }
    sums
}

/// What of a cancelled order's units did not come back, since it was not there.
fn missing_of(reservation: &Image) -> Vec<(String, i64)> {
    let missing = reservation.get("missing").and_then(Value::as_array).into_iter().flatten();
    missing.filter_map(|of| Some((of["sku"].as_str()?.to_owned(), of["quantity"].as_i64()?))).collect()
}

/// I2, at rest: what was supplied is available or sold, or was missing and went with a cancelled order; nothing is held.
fn invariant_i2_units_are_available_or_sold(end: &End<'_>) -> Vec<String> {
    let sold = units(
        end.reservations.values().filter(|held| is_sold(held)).flat_map(|held| lines_of(&Value::Object(held.clone()))),
    );
    let missing = units(end.reservations.values().flat_map(missing_of));
    let mut wrong = Vec::new();
    for (sku, supplied) in &end.world.observer.supplied {
        let rows: Vec<_> = end.rows.iter().filter(|row| text(row, "sku") == sku).collect();
        let available: i64 = rows.iter().map(|row| number(row, "available")).sum();
        let reserved: i64 = rows.iter().map(|row| number(row, "reserved_quantity")).sum();
        let sold = sold.get(sku).copied().unwrap_or_default();
        let missing = missing.get(sku).copied().unwrap_or_default();
        if *supplied != available + sold + missing || reserved != 0 {
            wrong.push(format!(
                "invariant_i2: of {supplied} × {sku}, {available} are available, {reserved} held, {sold} sold, {missing} missing"
            ));
        }
    }
    wrong
}

/// I3: confirmed orders have exactly their units, cancelled ones none, and nobody holds any.
fn invariant_i3_stock_follows_the_decision(end: &End<'_>) -> Vec<String> {
    let mut wrong = Vec::new();
    for order in &end.orders {
        let (order_id, status) = (text(order, "order_id"), text(order, "status"));
        let Some(reservation) = end.reservations.get(text(order, "reservation_id")) else {
            wrong.push(format!("invariant_i3: {order_id} has no reservation"));
            continue;
        };
        let is_its = text(reservation, "order_id") == order_id;
        let has_units =
            units(lines_of(&Value::Object(order.clone()))) == units(lines_of(&Value::Object(reservation.clone())));
        let right = match status {
            "CONFIRMED" | "SHIPPED" | "DELIVERED" => is_its && is_sold(reservation) && has_units,
            "CANCELLED" => !is_sold(reservation) && text(reservation, "state") != "HELD",
            _ => true,
        };
        if !right {
            let state = text(reservation, "state");
            wrong.push(format!(
                "invariant_i3: {order_id} is {status}, its reservation {state} for its lines: {has_units}"
            ));
        }
    }
    for reservation in end.reservations.values() {
        let id = text(reservation, "reservation_id");
        if text(reservation, "state") == "HELD" {
            wrong.push(format!("invariant_i3: {id} is still held"));
        }
        if is_sold(reservation) && !end.orders.iter().any(|order| text(order, "reservation_id") == id) {
            wrong.push(format!("invariant_i3: {id} is sold to nobody"));
        }
    }
    wrong
}

/// I4: an order comes of a user's key; a checkout, and a version of a cart, makes one order at most.
fn invariant_i4_one_order_per_key_checkout_and_cart(end: &End<'_>) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut checkouts = BTreeMap::new();
    let mut carts = BTreeMap::new();
    for order in &end.orders {
        let order_id = text(order, "order_id");
        if !end.promises.possible_orders.iter().any(|possible| possible == order_id) {
            wrong.push(format!("invariant_i4: nobody asked for {order_id}"));
        }
        if let Some(other) = checkouts.insert(text(order, "checkout_id"), order_id) {
            wrong.push(format!("invariant_i4: one checkout made {order_id} and {other}"));
        }
        let cart_version = order.get("cart_version").and_then(Value::as_u64);
        if let Some(version) = cart_version.filter(|_| text(order, "status") != "CANCELLED")
            && let Some(other) = carts.insert((text(order, "user_id"), version), order_id)
        {
            wrong.push(format!("invariant_i4: one cart made {order_id} and {other}"));
        }
    }
    wrong
}

/// I6: every intent has a record; cancelled orders keep no money and leave nothing to be paid;
/// confirmed ones hold exactly their total, once, unless that has lapsed and nobody has shipped since; what
/// was shipped was taken.
fn invariant_i6_money_follows_the_decision(end: &End<'_>) -> Vec<String> {
    let mut wrong = Vec::new();
    for intent in end.world.gateway.intents() {
        if intent.order_id().is_none_or(|order_id| !end.payments.contains_key(order_id)) {
            wrong.push(format!("invariant_i6: {} has no record", intent.id));
        }
    }
    for order in &end.orders {
        let (order_id, status) = (text(order, "order_id"), text(order, "status"));
        let total = order["total"]["amount"].as_i64().unwrap_or_default();
        let due = total - missed(order);
        let record = end.payments.get(order_id);
        let kept = record.map(|record| text(record, "gateway_id")).unwrap_or_default();
        let intents: Vec<&Intent> =
            end.world.gateway.intents().iter().filter(|intent| intent.order_id() == Some(order_id)).collect();
        let held: Vec<i64> = intents.iter().map(|intent| intent.amount_capturable()).filter(|held| *held > 0).collect();
        let taken: i64 = intents.iter().map(|intent| intent.amount_received() - intent.amount_refunded()).sum();
        let open = intents.iter().any(|intent| {
            intent.id == kept && !matches!(intent.state, State::Canceled { .. } | State::Succeeded { .. })
        });
        let lapsed = intents.iter().any(|intent| intent.id == kept && has_lapsed(intent));
        let state = record.map(|record| text(record, "state")).unwrap_or("absent");
        let right = match status {
            // A part has left, and with it all of the money was taken that is due.
            "CONFIRMED" if order.contains_key("departed_at") => {
                held.is_empty() && taken == kept_of(due, record) && state == "CAPTURED"
            }
            "CONFIRMED" => (held == [total] || (held.is_empty() && lapsed)) && taken == 0 && state == "AUTHORIZED",
            "SHIPPED" | "DELIVERED" => held.is_empty() && taken == kept_of(due, record) && state == "CAPTURED",
            "CANCELLED" => held.is_empty() && taken == 0 && !open && matches!(state, "VOIDED" | "REFUNDED" | "absent"),
            _ => true,
        };
        if !right {
            wrong.push(format!(
                "invariant_i6: {order_id} is {status} over {total}, of which {due} is due; held {held:?}, taken {taken}, open: {open}, record {state}"
            ));
        }
    }
    wrong
}

/// What an order's missing units would have cost.
fn missed(order: &Image) -> i64 {
    let price_of = |sku: &Value| {
        let mut lines = order["lines"].as_array().into_iter().flatten();
        lines
            .find(|line| line["sku"] == *sku)
            .and_then(|line| line["unit_price"]["amount"].as_i64())
            .unwrap_or_default()
    };
    let shortages = order.get("shortages").and_then(Value::as_array).into_iter().flatten();
    shortages.map(|short| price_of(&short["sku"]) * short["units"].as_i64().unwrap_or_default()).sum()
}

/// What the shop keeps of what is due: all of it but what was refunded for other reasons than missing units. A refund for
/// those that failed is not made again.
fn kept_of(due: i64, record: Option<&Image>) -> i64 {
    let amount = |is_counted: &dyn Fn(&Value) -> bool| -> i64 {
        let counted = record.into_iter().flat_map(refunds).filter(|refund| is_counted(refund));
        counted.filter_map(|refund| refund["amount"]["amount"].as_i64()).sum()
    };
    let is_short = |refund: &Value| refund["reason"] == "SHORT_PICK";
    let others = amount(&|refund| refund["state"] != "FAILED" && !is_short(refund));
    let failed = amount(&|refund| refund["state"] == "FAILED" && is_short(refund));
    (due + failed - others).max(0)
}

/// The refunds of a payment's record.
fn refunds(record: &Image) -> impl Iterator<Item = &Value> {
    record.get("refunds").and_then(Value::as_array).into_iter().flatten()
}

/// What of them goes back.
fn refunded(record: &Image) -> i64 {
    let stand = refunds(record).filter(|refund| refund["state"] != "FAILED");
    stand.filter_map(|refund| refund["amount"]["amount"].as_i64()).sum()
}

/// I6, of money that goes back: never more than was taken, each refund has ended, the gateway has the same of them,
/// what was answered is there, and how each ended was published.
fn invariant_i6_refunds_agree_with_the_gateway(end: &End<'_>) -> Vec<String> {
    let mut wrong = Vec::new();
    for intent in end.world.gateway.intents() {
        if intent.amount_refunded() > intent.amount_received() {
            wrong.push(format!("invariant_i6: of {} more was refunded than taken", intent.id));
        }
    }
    for (order_id, record) in &end.payments {
        let intents = end.world.gateway.intents().iter();
        let there: i64 =
            intents.filter(|intent| intent.id == text(record, "gateway_id")).map(Intent::amount_refunded).sum();
        if refunded(record) != there {
            wrong.push(format!("invariant_i6: {} of {order_id} is refunded, at the gateway {there}", refunded(record)));
        }
        for refund in refunds(record) {
            let kind = match refund["state"].as_str() {
                Some("SUCCEEDED") => "RefundSucceeded",
                Some("FAILED") => "RefundFailed",
                _ => {
                    wrong.push(format!("invariant_i6: a refund of {order_id} has not ended: {refund}"));
                    continue;
                }
            };
            if !end.world.has_published(order_id, kind) {
                wrong.push(format!("invariant_i9: {kind} of {order_id} was never published"));
            }
        }
    }
    for promise in &end.promises.refunds {
        let record = end.payments.get(&promise.order_id);
        if !record.is_some_and(|record| refunds(record).any(|refund| refund["refund_id"] == promise.refund_id)) {
            wrong.push(format!("invariant_i9: {} was promised and is not there", promise.refund_id));
        }
    }
    wrong
}

fn has_lapsed(intent: &Intent) -> bool {
    matches!(intent.state, State::Canceled { reason: Some(CancellationReason::Automatic), .. })
}

/// I7: nothing is pending, and every decision has been carried out.
fn invariant_i7_every_order_has_ended(end: &End<'_>) -> Vec<String> {
    let open =
        end.orders.iter().filter(|order| text(order, "status") == "PENDING_PAYMENT" || order.contains_key("unsettled"));
    open.map(|order| {
        let settled = if order.contains_key("unsettled") { "un" } else { "" };
        format!("invariant_i7: {} is {}, {settled}settled", text(order, "order_id"), text(order, "status"))
    })
    .collect()
}

/// I8: units were set aside, sold, freed and returned once; each shortage stands in a ledger once.
fn invariant_i8_units_moved_once(end: &End<'_>) -> Vec<String> {
    let mut wrong = Vec::new();
    for order in &end.orders {
        let order_id = text(order, "order_id");
        let shortages = order.get("shortages").and_then(Value::as_array).map_or(0, Vec::len);
        let movements = end.world.observer.movements.iter();
        let taken_down: usize = movements
            .filter(|(moved, _)| moved.kind == "SHORT" && moved.reference == order_id)
            .map(|(_, count)| count)
            .sum();
        if taken_down != shortages {
            wrong.push(format!("invariant_i8: {shortages} shortages of {order_id} moved {taken_down} times"));
        }
    }
    let mut of_reservation: BTreeMap<(&str, &str), BTreeMap<&str, usize>> = BTreeMap::new();
    for (moved, count) in &end.world.observer.movements {
        if moved.reference.starts_with("res_") {
            let row = of_reservation.entry((&moved.reference, &moved.row.0)).or_default();
            *row.entry(&moved.kind).or_default() += count;
            if *count > 1 {
                wrong.push(format!("invariant_i8: {} happened {count} times for {}", moved.kind, moved.reference));
            }
        }
    }
    for ((reference, sku), kinds) in of_reservation {
        let count = |kind| kinds.get(kind).copied().unwrap_or_default();
        if count("COMMITTED") > 0 && count("RELEASED") > 0 || count("RETURNED") > count("COMMITTED") {
            wrong.push(format!("invariant_i8: {sku} of {reference} moved as {kinds:?}"));
        }
    }
    wrong
}

/// I8: money was held, taken, let go and given back once.
fn invariant_i8_money_moved_once(end: &End<'_>) -> Vec<String> {
    let mut wrong = Vec::new();
    for intent in end.world.gateway.intents() {
        let effects = intent.effects;
        if [effects.authorizations, effects.captures, effects.voids].iter().any(|count| *count > 1) {
            wrong.push(format!("invariant_i8: money moved twice: {effects:?}"));
        }
    }
    let mut made = std::collections::BTreeSet::new();
    for refund in end.world.gateway.refunds() {
        if !made.insert(refund.metadata.get("refund_id")) {
            wrong.push(format!("invariant_i8: one refund was made twice: {refund:?}"));
        }
    }
    wrong
}

/// I9: what was answered with 201 or 200 is there, with that content.
fn invariant_i9_what_was_promised_is_there(end: &End<'_>) -> Vec<String> {
    let mut wrong = Vec::new();
    for promise in &end.promises.orders {
        let kept = end.orders.iter().any(|order| {
            text(order, "order_id") == promise.order_id
                && text(order, "user_id") == promise.user_id
                && order["total"]["amount"].as_i64() == Some(promise.total)
                && lines_of(&Value::Object(order.clone())) == promise.lines
        });
        if !kept {
            wrong.push(format!("invariant_i9: {} was promised as {promise:?} and is not that", promise.order_id));
        }
    }
    for promise in &end.promises.checkouts {
        let kept = end.checkouts.iter().any(|checkout| {
            text(checkout, "id") == promise.checkout_id && checkout["total"]["amount"].as_i64() == Some(promise.total)
        });
        if !kept {
            wrong.push(format!("invariant_i9: {} was promised and is not there", promise.checkout_id));
        }
    }
    wrong
}

/// I9: another card that was taken with 202 stands in the payment's record, each once, and a good one that was the last
/// was not taken for declined.
fn invariant_i9_a_named_card_is_tried(end: &End<'_>) -> Vec<String> {
    let mut wrong = Vec::new();
    let others = |record: &Image| record.get("other_methods").and_then(Value::as_array).cloned().unwrap_or_default();
    for promise in &end.promises.cards {
        let record = end.payments.get(&promise.order_id);
        let named = record.map(others).unwrap_or_default();
        if named.iter().filter(|other| other["payment_method"] == promise.card).count() != 1 {
            wrong.push(format!("invariant_i9: {promise:?} was promised, and these were named: {named:?}"));
        }
    }
    for (order_id, record) in &end.payments {
        let good = others(record).last().is_some_and(|other| other["payment_method"] == "pm_card_visa");
        // The record keeps the code of an earlier card, and an intent that was cancelled says so too: where the time was
        // over before the last card's turn came, the shopper is told just that.
        let declined = record.get("decline_code").is_some_and(|code| code != "canceled");
        let so_told =
            |order: &Image| text(order, "order_id") == order_id && text(order, "cancel_reason") == "payment_declined";
        if good && declined && end.orders.iter().any(so_told) {
            wrong.push(format!("invariant_i9: the last card of {order_id} was never tried: {record:?}"));
        }
    }
    wrong
}

/// I9, the outbox: each change of status was published on the bus; what has ended is in the archive.
fn invariant_i9_every_decision_was_published_and_archived(end: &End<'_>) -> Vec<String> {
    let mut wrong = Vec::new();
    for order in &end.orders {
        let order_id = text(order, "order_id");
        for entry in order["history"].as_array().into_iter().flatten() {
            let kind = match entry["status"].as_str().unwrap_or_default() {
                "PENDING_PAYMENT" => "OrderPlaced",
                "CONFIRMED" => "OrderConfirmed",
                "SHIPPED" => "OrderShipped",
                "DELIVERED" => "OrderDelivered",
                _ => "OrderCancelled",
            };
            let parcels = (kind == "OrderShipped").then_some("ParcelShipped");
            for kind in parcels.into_iter().chain([kind]) {
                if !end.world.has_published(order_id, kind) {
                    wrong.push(format!("invariant_i9: {kind} of {order_id} was never published"));
                }
            }
        }
        let has_ended = matches!(text(order, "status"), "CANCELLED" | "DELIVERED") && !order.contains_key("unsettled");
        let archived = end.archived.iter().find(|copy| text(copy, "order_id") == order_id);
        if has_ended && archived.is_none_or(|copy| number(copy, "version") != number(order, "version")) {
            wrong.push(format!("invariant_i9: {order_id} has ended and is not in the archive as it is"));
        }
    }
    wrong
}
