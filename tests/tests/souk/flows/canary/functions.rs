//! Functions that no client calls: messages, records and steps that hold what none of them should.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::Canary;
use crate::{
    architecture::{Template, entries_with, with_functions},
    support::stack,
};

pub async fn sing(canary: &Canary) {
    let mut called = 0;
    for world in with_functions() {
        for function in world.functions() {
            let mapping = world.mappings().into_iter().find(|mapping| mapping.reads_for(function.name));
            let events = match mapping.map(|mapping| mapping.source()) {
                Some(table) if world.tables().contains(table.as_str()) => records(canary, &world),
                Some(_queue) => messages(canary),
                // A step of the saga, the manager of the index, the pool's function.
                None if function.events().is_empty() && !function.is_routed() => inputs(canary),
                None => continue,
            };
            let name = function.name.trim_end_matches("Function");
            for event in events {
                // Whether it fails is its own affair; what it says then is what this is about.
                let _ = stack().invoke(name, &event).await;
                called += 1;
            }
        }
    }
    assert!(called > 100, "{called}");
}

/// A message of each type that `events` has, and of none.
fn samples() -> Map<String, Value> {
    let address = json!({ "name": "n", "line1": "l", "city": "c", "postal_code": "p", "country": "US" });
    let money = json!({ "amount": 1, "currency": "USD" });
    let label = json!({ "carrier": "c", "tracking_number": "t" });
    let on_the_bus =
        |source: &str, kind: &str, detail: Value| json!({ "source": source, "detail-type": kind, "detail": detail });
    let samples = json!({
        "PurchaseIntent": {
            "sale_id": "none", "user_id": "nobody", "shard": 0, "warehouse_id": "none", "claimed_at": 1, "sku": "none",
            "unit_price": money, "payment_method": "pm_none", "shipping_address": address,
        },
        "Conduct": { "sale_id": "none", "conductor": "nobody" },
        "HintDue": { "sku": "none" },
        "RowGrown": { "sku": "none", "warehouse_id": "none", "task": "share_out" },
        "ReservationTimer": { "reservation_id": "res_none" },
        "PageRefresh": { "of": "seller", "seller_id": "none", "listing": { "rename": "none", "segment": 0, "after": "none" } },
        "ProductChanged": on_the_bus("souk.catalog", "ProductChanged", json!({
            "product_id": "none", "title": "t", "version": 1, "skus": ["none"], "withdrawn_skus": [],
        })),
        "ProductDeleted": on_the_bus("souk.catalog", "ProductDeleted", json!({ "product_id": "none", "version": 1, "skus": [] })),
        "PriceChanged": on_the_bus("souk.pricing", "PriceChanged", json!({ "sku": "none", "price": money, "version": 1 })),
        "AvailabilityChanged": on_the_bus("souk.inventory", "AvailabilityChanged", json!({ "sku": "none", "available": 1, "version": 1 })),
        "OrderChanged": on_the_bus("souk.orders", "OrderPlaced", json!({
            "order_id": "none", "user_id": "nobody", "status": "CONFIRMED", "version": 1, "total": money, "lines": [],
        })),
        "ParcelShipped": on_the_bus("souk.orders", "ParcelShipped", json!({
            "order_id": "none", "user_id": "nobody", "version": 1, "shipment": 1, "warehouse_id": "none", "parcels": [label],
        })),
        "TrackingChanged": on_the_bus("souk.orders", "TrackingChanged", json!({
            "order_id": "none", "user_id": "nobody", "version": 1, "shipment": 1, "warehouse_id": "none", "parcel": 1,
            "correction": 1, "label": label,
        })),
        "UnitsMissing": on_the_bus("souk.orders", "UnitsMissing", json!({
            "order_id": "none", "user_id": "nobody", "version": 1, "shortage": 1, "warehouse_id": "none", "sku": "none",
            "quantity": 1, "amount": money,
            "left": { "status": "CONFIRMED", "lines": [{ "sku": "none", "quantity": 1 }], "due": money },
        })),
        "RefundEnded": on_the_bus("souk.payments", "RefundSucceeded", json!({
            "order_id": "none", "refund_id": "none", "amount": money, "version": 1,
        })),
        "ActionRequired": on_the_bus("souk.payments", "PaymentActionRequired", json!({ "order_id": "none", "version": 1 })),
        "DeliveryDue": { "webhook_id": "none", "event_id": "none" },
    });
    let Value::Object(samples) = samples else { unreachable!() };
    let kinds = ["pub struct ", "pub enum "].into_iter().flat_map(|kind| entries_with("events/src", kind));
    let types: BTreeSet<String> = kinds.collect();
    let known: BTreeSet<String> = samples
        .keys()
        .cloned()
        .chain(["OrderChangedLine", "OrderLeft", "Listing", "NameOf", "Published", "RowTask"].map(str::to_owned))
        .collect();
    assert_eq!(types, known, "a message type without a sample");
    samples
}

fn messages(canary: &Canary) -> Vec<Value> {
    let mut bodies = vec![canary.word.clone(), canary.text(), format!("{{\"{}\": ", canary.word)];
    bodies.extend(canary.values().iter().map(Value::to_string));
    for sample in samples().values() {
        bodies.extend(spoilt(sample, canary).iter().map(Value::to_string));
    }
    // Each by itself: a batch would go on after the first.
    let message = |body: String| {
        json!({
            "messageId": "m", "receiptHandle": "r", "body": body, "attributes": { "ApproximateReceiveCount": "1" },
            "messageAttributes": {}, "eventSource": "aws:sqs", "awsRegion": "us-east-1",
            "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:none",
        })
    };
    bodies.into_iter().map(|body| json!({ "Records": [message(body)] })).collect()
}

/// The value with each of its leaves replaced by something of another type, one at a time. So nothing of it is ever
/// acted upon.
fn spoilt(value: &Value, canary: &Canary) -> Vec<Value> {
    match value {
        Value::Object(fields) => {
            let mut all = Vec::new();
            for (name, inner) in fields {
                for instead in spoilt(inner, canary) {
                    let mut changed = fields.clone();
                    changed.insert(name.clone(), instead);
                    all.push(Value::Object(changed));
                }
            }
            all
        }
        Value::Array(items) if !items.is_empty() => {
            spoilt(&items[0], canary).into_iter().map(|instead| json!([instead])).collect()
        }
        Value::String(_) => vec![json!([canary.word]), json!({ &canary.word: canary.word }), json!(canary.number)],
        _ => vec![json!(canary.word), json!([canary.word, canary.number])],
    }
}

/// Records of every table whose attributes are of no shape that anybody stores.
fn records(canary: &Canary, world: &Template) -> Vec<Value> {
    let mut attributes: BTreeSet<String> = entries_with("shared", "    pub ").into_iter().collect();
    for (_, table) in world.resources("AWS::DynamoDB::Table") {
        let defined = table["AttributeDefinitions"].as_sequence().unwrap();
        attributes.extend(defined.iter().map(|attribute| attribute["AttributeName"].as_str().unwrap().to_owned()));
    }
    let image = |value: &Value| {
        let all = attributes.iter().map(|name| (name.clone(), value.clone()));
        Value::Object(all.chain([(canary.word.clone(), value.clone())]).collect())
    };
    let (word, number) = (json!({ "S": canary.text() }), json!({ "N": canary.number.to_string() }));
    let nested = json!({ "M": { &canary.word: { "L": [word, number] } } });
    let record = |old: &Value, new: &Value| {
        json!({ "Records": [{
            "eventID": "e", "eventName": "MODIFY", "eventVersion": "1.1", "eventSource": "aws:dynamodb", "awsRegion": "us-east-1",
            "eventSourceARN": "arn:aws:dynamodb:us-east-1:000000000000:table/none/stream/none",
            "dynamodb": {
                "Keys": new, "OldImage": old, "NewImage": new, "SequenceNumber": "1", "SizeBytes": 1,
                "StreamViewType": "NEW_AND_OLD_IMAGES", "ApproximateCreationDateTime": 1,
            },
        }]})
    };
    let images = [image(&word), image(&number), image(&nested)];
    images.iter().flat_map(|new| images.iter().map(move |old| record(old, new))).collect()
}

fn inputs(canary: &Canary) -> Vec<Value> {
    let mut all: Vec<Value> = canary.values().into();
    for name in ["order_id", "reason", "action", "RequestType", "ResponseURL", "userName", "request"] {
        all.extend(canary.values().map(|value| json!({ name: value })));
    }
    let nobody = format!("ord_{}", "0".repeat(32));
    all.extend(canary.values().map(|value| json!({ "order_id": nobody, "reason": value })));
    all
}
