//! Seeded bugs of the flash sale.

use serde_json::{Value, json};

use crate::{
    call::Call,
    mutation::{How, SeededBug, always_true},
};

/// True where a claim is given back.
pub fn is_release(call: &Call) -> bool {
    call.request == "UpdateItem sale-shards release"
}

/// The release of the claim that a message on its way stands for.
pub fn release_of(message: &Call) -> Option<Value> {
    let intent: Value = serde_json::from_str(message.json["MessageBody"].as_str()?).ok()?;
    let user = intent["user_id"].as_str()?.parse().ok()?;
    let shopper = souk_domain::flash_sale::ShopperKey::of(&user).ok()?;
    let shard = format!("{}#{}", intent["sale_id"].as_str()?, intent["shard"]);
    Some(json!({
        "TableName": "sale-shards",
        "Key": {"shard": {"S": shard}},
        "UpdateExpression": "SET #c.#key = :c ADD #left :left",
        "ConditionExpression": "#c.#key > :if_c",
        "ExpressionAttributeNames": {"#left": "left", "#c": "c", "#key": shopper.as_str()},
        "ExpressionAttributeValues": {":left": {"N": "1"}, ":if_c": {"N": "0"}, ":c": {"N": "-1"}},
    }))
}

fn claims(call: &Call) -> bool {
    call.request == "UpdateItem sale-shards claim"
}

fn closes(call: &Call) -> bool {
    call.request == "UpdateItem sale-shards CLOSED"
}

fn credits(call: &Call) -> bool {
    call.request == "TransactWriteItems reservations + inventory"
}

/// A credit that does not know what was credited before.
fn forgets_returns(body: &str) -> String {
    let Ok(mut request) = serde_json::from_str::<Value>(body) else { return body.to_owned() };
    for write in request["TransactItems"].as_array_mut().into_iter().flatten() {
        if write["Put"]["TableName"] == "reservations" {
            write["Put"]["Item"]["returned"] = json!({"M": {}});
        }
    }
    request.to_string()
}

/// The order in the way seems to be of another shard.
fn names_another_shard(body: &str) -> String {
    let Ok(mut answer) = serde_json::from_str::<Value>(body) else { return body.to_owned() };
    if answer["Item"]["shard"]["N"].is_string() {
        answer["Item"]["shard"] = json!({"N": "99"});
    }
    answer.to_string()
}

/// One or more for each part of the sale.
pub const BUGS: &[SeededBug] = &[
    SeededBug {
        step: "claim",
        missing: "the shard does not know the shopper",
        theme: None,
        how: How::Condition {
            fits: claims,
            rewrite: |body| always_true(body, "attribute_not_exists(#c.#key)", "attribute_exists(warehouse_id)"),
        },
    },
    SeededBug {
        step: "claim",
        missing: "a unit is left",
        theme: None,
        how: How::Condition {
            fits: claims,
            rewrite: |body| always_true(body, "#left > :if_left", "attribute_exists(warehouse_id)"),
        },
    },
    SeededBug { step: "send", missing: "a claim stays when its message fails", theme: None, how: How::RollBackClaims },
    SeededBug {
        step: "order",
        missing: "the order is absent",
        theme: None,
        how: How::Condition {
            fits: |call| call.request == "PutItem orders PENDING_PAYMENT",
            rewrite: |body| always_true(body, "attribute_not_exists(#order_id)", "attribute_exists(order_id)"),
        },
    },
    SeededBug {
        step: "order",
        missing: "a ground for the release",
        theme: None,
        how: How::Answer {
            fits: |call| call.request == "PutItem orders PENDING_PAYMENT",
            rewrite: names_another_shard,
        },
    },
    SeededBug { step: "order", missing: "a second claim goes back", theme: None, how: How::KeepSecondClaims },
    SeededBug {
        step: "sweep",
        missing: "the tombstone",
        theme: None,
        how: How::Skip { fits: |call| call.request == "PutItem orders CANCELLED" },
    },
    SeededBug {
        step: "release",
        missing: "the claim stands",
        theme: None,
        how: How::Condition {
            fits: is_release,
            rewrite: |body| always_true(body, "#c.#key > :if_c", "attribute_exists(warehouse_id)"),
        },
    },
    SeededBug {
        step: "release",
        missing: "the shard's state",
        theme: None,
        how: How::Condition {
            fits: is_release,
            rewrite: |body| always_true(body, "#state = :if_state", "attribute_exists(warehouse_id)"),
        },
    },
    SeededBug {
        step: "release",
        missing: "the shard leaves the set of the empty ones",
        theme: None,
        how: How::Skip { fits: |call| call.request == "UpdateItem sales" && call.body.contains("DELETE #empty") },
    },
    SeededBug {
        step: "close",
        missing: "the fence",
        theme: None,
        how: How::Condition {
            fits: closes,
            rewrite: |body| body.replace("SET #state = :state", "SET fenced = :state"),
        },
    },
    SeededBug {
        step: "close",
        missing: "what is left goes back",
        theme: None,
        how: How::Condition { fits: closes, rewrite: |body| body.replace("#drained + #left", "#drained + :left") },
    },
    SeededBug {
        step: "credit",
        missing: "the record as it was read",
        theme: None,
        how: How::Condition {
            fits: credits,
            rewrite: |body| always_true(body, "#version = :if_version", "attribute_exists(reservation_id)"),
        },
    },
    SeededBug {
        step: "credit",
        missing: "what was credited so far",
        theme: None,
        how: How::Condition { fits: credits, rewrite: forgets_returns },
    },
];
