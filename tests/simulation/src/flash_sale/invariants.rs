//! What must hold of a sale once everything has come to rest. A shard is judged at every write
//! (`edges`), orders and money as those of every other purchase (`crate::invariants`).

use serde_json::Value;
use souk_domain::{flash_sale::ShopperKey, ids::UserId};
use souk_fn_flash_sales::shop::get_intent;
use souk_wiring::Call;

use super::{
    SALE_ID, Shop,
    rest::{Stand, claims, keeps_its_unit, number, text},
    user,
};
use crate::{promises::Promises, requests::request, shopper::body_of, sim::Sim, world::World};

/// Who comes when all is over.
const LATECOMER: u64 = 2_000;

/// What is wrong.
pub fn judge(world: &World, promises: &Promises) -> Vec<String> {
    let Some(stand) = Stand::of(&world.observer) else { return vec!["the sale has vanished".to_owned()] };
    let mut wrong = Vec::new();
    wrong.extend(stand.owes().into_iter().map(|owed| format!("invariant_i3: {owed}")));
    wrong.extend(invariant_i2_units_add_up(world, &stand));
    wrong.extend(invariant_i4_who_has_an_order_has_one_claim(&stand));
    wrong.extend(invariant_i12_who_claimed_was_admitted(&stand, promises));
    wrong
}

/// I2: units of live orders, free units and those that went back are the sale's; stock has the rest.
fn invariant_i2_units_add_up(world: &World, stand: &Stand) -> Vec<String> {
    let taken: i64 = lines_of(&stand.allotment).iter().map(|line| line["quantity"].as_i64().unwrap_or_default()).sum();
    let live = stand.orders.values().filter(|order| keeps_its_unit(order)).count();
    let live = i64::try_from(live).unwrap_or(i64::MAX);
    let (left, drained) = (stand.sum("left"), stand.sum("drained"));
    let mut wrong = Vec::new();
    if live + left + drained != taken || live != stand.claimed() {
        let claimed = stand.claimed();
        wrong.push(format!(
            "invariant_i2: of {taken} units {live} are ordered, {claimed} claimed, {left} left, {drained} gone back"
        ));
    }
    let closed = text(&stand.room, "status") == "CLOSED";
    if closed && left > 0 || !closed && drained > 0 {
        wrong.push(format!("invariant_i2: {} with {left} left and {drained} gone back", text(&stand.room, "status")));
    }
    let supplied: i64 = world.observer.supplied.values().sum();
    let rows = world.observer.images("inventory");
    let quantity: i64 = rows.iter().map(|row| number(row, "quantity")).sum();
    let available: i64 = rows.iter().map(|row| number(row, "available")).sum();
    if quantity != supplied - taken + drained || available != quantity {
        wrong.push(format!(
            "invariant_i2: stock has {quantity} ({available} available) of {supplied}, {taken} taken, {drained} back"
        ));
    }
    wrong
}

fn lines_of(allotment: &crate::observer::Image) -> &[Value] {
    allotment.get("lines").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// I4: a shopper has one order at most (its id sees to that), and it stands on exactly one claim.
fn invariant_i4_who_has_an_order_has_one_claim(stand: &Stand) -> Vec<String> {
    let mut wrong = Vec::new();
    for (shopper, order) in &stand.orders {
        let standing: Vec<i64> = stand
            .shards
            .iter()
            .filter(|(_, shard)| claims(shard).any(|claim| claim == shopper))
            .map(|(number, _)| *number)
            .collect();
        let right = match keeps_its_unit(order) {
            false => standing.is_empty(),
            true => standing == [number(order, "shard")],
        };
        if !right {
            let (order_id, status) = (text(order, "order_id"), text(order, "status"));
            wrong.push(format!("invariant_i4: {order_id} is {status} with claims in {standing:?}"));
        }
    }
    wrong
}

/// I12: no claim without an admission.
fn invariant_i12_who_claimed_was_admitted(stand: &Stand, promises: &Promises) -> Vec<String> {
    let keys = promises.admitted.iter().filter_map(|user| ShopperKey::of(&user.parse::<UserId>().ok()?).ok());
    let admitted: Vec<String> = keys.map(|key| key.to_string()).collect();
    let entries = stand.shards.values().filter_map(|shard| shard.get("c").and_then(Value::as_object)).flatten();
    entries
        .filter(|(shopper, _)| !admitted.contains(shopper))
        .map(|(shopper, _)| format!("invariant_i12: {shopper} was not admitted and has claimed"))
        .collect()
}

/// I9: every 202 has come to a final state that its shopper can see.
pub async fn invariant_i9_every_intent_has_ended(sim: &Sim) -> Vec<String> {
    let promised = sim.promises.borrow().intents.clone();
    let mut wrong = Vec::new();
    for intent in promised {
        let path = format!("/sales/{SALE_ID}/intents/{}", intent.intent_id);
        let request = request("GET", &path)
            .by(&intent.user_id)
            .path("sale_id", SALE_ID)
            .path("intent_id", &intent.intent_id)
            .build();
        let seen = match get_intent::handle(&sim.functions.get_intent, request, Call::at(sim.clock.now())).await {
            Ok(response) => body_of(&response)["status"].as_str().unwrap_or_default().to_owned(),
            Err(problem) => problem.status().to_string(),
        };
        if !matches!(seen.as_str(), "PAID" | "CANCELLED" | "EXPIRED") {
            wrong.push(format!("invariant_i9: {} was answered with 202 and is {seen}", intent.intent_id));
        }
    }
    wrong
}

/// Whoever comes when all is over gets a unit where one is left, and is told so where none is.
pub async fn a_latecomer_is_told_the_truth(shop: &Shop) -> Vec<String> {
    let sim = &shop.sim;
    let expected = sim.network.with(|world| {
        let stand = Stand::of(&world.observer)?;
        Some(match text(&stand.room, "status") {
            "OPEN" if stand.sum("left") > 0 => 202,
            "OPEN" => 410,
            _ => 409,
        })
    });
    let Some(admission) = shop.admission(&user(LATECOMER)).await else { return Vec::new() };
    let answered = shop.ask(&user(LATECOMER), &admission).await;
    if Some(answered) == expected {
        return Vec::new();
    }
    vec![format!("invariant_i3: a latecomer was answered {answered}, which should be {expected:?}")]
}
