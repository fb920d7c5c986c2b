//! What one write may do to a shard: units neither appear nor vanish.

use serde_json::Value;

use crate::observer::Image;

/// Units that are claimed in a shard.
pub fn claimed(shard: &Image) -> i64 {
    let entries = shard.get("c").and_then(Value::as_object);
    let standing = entries.into_iter().flatten().filter(|(_, at)| at.as_i64().is_some_and(|at| at > 0));
    i64::try_from(standing.count()).unwrap_or(i64::MAX)
}

fn number(shard: &Image, name: &str) -> i64 {
    shard.get(name).and_then(Value::as_i64).unwrap_or(i64::MIN)
}

fn sells(shard: &Image) -> bool {
    shard.get("state").and_then(Value::as_str) == Some("OPEN")
}

/// What is wrong with a change of a shard.
pub fn judge(before: Option<&Image>, after: &Image) -> Vec<String> {
    let mut wrong = Vec::new();
    let shard = after.get("shard").and_then(Value::as_str).unwrap_or_default();
    let units = |shard: &Image| number(shard, "left") + claimed(shard) + number(shard, "drained");
    if number(after, "left") < 0 {
        wrong.push(format!("invariant_i1: shard {shard} has {} units", number(after, "left")));
    }
    let Some(before) = before else { return wrong };
    if units(before) != units(after) {
        wrong.push(format!("invariant_i2: the units of shard {shard} went from {} to {}", units(before), units(after)));
    }
    if sells(after) && !sells(before) {
        wrong.push(format!("invariant_i5: shard {shard} sells again"));
    }
    if number(after, "drained") < number(before, "drained") {
        wrong.push(format!("invariant_i5: shard {shard} took units back from stock"));
    }
    let entries = before.get("c").and_then(Value::as_object);
    for (shopper, at) in entries.into_iter().flatten().filter(|(_, at)| at.as_i64() == Some(-1)) {
        if after["c"].get(shopper) != Some(at) {
            wrong.push(format!("invariant_i5: a claim in shard {shard} that was given back stands again"));
        }
    }
    wrong
}
