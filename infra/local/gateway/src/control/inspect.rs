//! Looking without touching.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::event::EventType;
use crate::gateway::Gateway;
use crate::intent::{Intent, State as IntentState};
use crate::render;

/// Which intents, requests or events to show; all of them where nothing is given.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    order_id: Option<String>,
    intent: Option<String>,
    event_type: Option<EventType>,
}

impl Filter {
    fn matches(&self, order_id: Option<&str>, intent: Option<&str>) -> bool {
        let same = |wanted: &Option<String>, actual: Option<&str>| wanted.is_none() || wanted.as_deref() == actual;
        same(&self.order_id, order_id) && same(&self.intent, intent)
    }
}

/// `GET /__fake/health`
pub async fn health() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// `GET /__fake/intents?order_id=…&intent=…`
pub async fn intents(State(gateway): State<Arc<Gateway>>, Query(filter): Query<Filter>) -> Json<Value> {
    let intents: Vec<Value> = {
        let books = gateway.books();
        let matching =
            books.ledger.intents().iter().filter(|intent| filter.matches(intent.order_id(), Some(&intent.id)));
        matching.map(describe).collect()
    };
    let requests: Vec<Value> = {
        let log = gateway.requests();
        let matching = log.entries().filter(|entry| filter.matches(entry.order_id.as_deref(), entry.intent.as_deref()));
        matching.map(|entry| json!(entry)).collect()
    };
    Json(json!({ "intents": intents, "requests": requests }))
}

/// `GET /__fake/refunds?order_id=…&intent=…`
pub async fn refunds(State(gateway): State<Arc<Gateway>>, Query(filter): Query<Filter>) -> Json<Value> {
    let books = gateway.books();
    let order_of = |intent: &str| books.ledger.intent(intent).and_then(Intent::order_id).map(str::to_owned);
    let matching = books
        .ledger
        .refunds()
        .iter()
        .filter(|refund| filter.matches(order_of(&refund.payment_intent).as_deref(), Some(&refund.payment_intent)));
    Json(json!({ "refunds": matching.map(render::refund).collect::<Vec<Value>>() }))
}

/// `GET /__fake/disputes?order_id=…&intent=…`
pub async fn disputes(State(gateway): State<Arc<Gateway>>, Query(filter): Query<Filter>) -> Json<Value> {
    let books = gateway.books();
    let order_of = |intent: &str| books.ledger.intent(intent).and_then(Intent::order_id).map(str::to_owned);
    let matching =
        books.ledger.disputes().iter().filter(|dispute| {
            filter.matches(order_of(&dispute.payment_intent).as_deref(), Some(&dispute.payment_intent))
        });
    Json(json!({ "disputes": matching.map(render::dispute).collect::<Vec<Value>>() }))
}

/// `GET /__fake/customers`
pub async fn customers(State(gateway): State<Arc<Gateway>>) -> Json<Value> {
    Json(json!({ "customers": gateway.books().ledger.customers() }))
}

fn describe(intent: &Intent) -> Value {
    let mut shown = render::intent(intent);
    if let Value::Object(fields) = &mut shown {
        fields.remove("client_secret");
        fields.insert("order_id".to_owned(), json!(intent.order_id()));
        fields.insert("amount_refunded".to_owned(), json!(intent.amount_refunded()));
        fields.insert("effects".to_owned(), json!(intent.effects));
        if let IntentState::RequiresCapture { capture_before } = intent.state {
            fields.insert("capture_before".to_owned(), json!(capture_before));
        }
    }
    shown
}

/// `GET /__fake/summary`
pub async fn summary(State(gateway): State<Arc<Gateway>>) -> Json<Value> {
    let books = gateway.books();
    let intents = books.ledger.intents();
    let mut by_status: BTreeMap<&str, usize> = BTreeMap::new();
    for intent in intents {
        *by_status.entry(intent.state.name()).or_default() += 1;
    }
    let total = |count: fn(&Intent) -> bool, amount: fn(&Intent) -> i64| {
        let matching: Vec<&Intent> = intents.iter().filter(|intent| count(intent)).collect();
        json!({ "count": matching.len(), "amount": matching.into_iter().map(amount).sum::<i64>() })
    };
    Json(json!({
        "intents": intents.len(),
        "by_status": by_status,
        "held": total(|intent| intent.amount_capturable() > 0, Intent::amount_capturable),
        "captured": total(|intent| intent.amount_received() > 0, Intent::amount_received),
        "voided": total(|intent| intent.effects.voids > 0, |intent| intent.amount),
        "refunded": total(|intent| intent.amount_refunded() > 0, Intent::amount_refunded),
        "pending_faults": gateway.faults().rules().len(),
    }))
}

/// `GET /__fake/events?order_id=…&intent=…&event_type=…`
pub async fn events(State(gateway): State<Arc<Gateway>>, Query(filter): Query<Filter>) -> Json<Value> {
    let log = gateway.dispatcher().log();
    let matching = log.entries().filter(|entry| {
        filter.matches(entry.event.order_id.as_deref(), Some(&entry.event.intent))
            && filter.event_type.is_none_or(|wanted| wanted == entry.event.event_type)
    });
    let shown = matching.map(|entry| {
        json!({
            "id": entry.event.id,
            "type": entry.event.event_type,
            "created": entry.event.created,
            "intent": entry.event.intent,
            "order_id": entry.event.order_id,
            "deliveries": entry.deliveries,
        })
    });
    Json(json!({ "events": shown.collect::<Vec<Value>>() }))
}

/// `GET /__fake/faults`
pub async fn faults(State(gateway): State<Arc<Gateway>>) -> Json<Value> {
    Json(json!({ "faults": gateway.faults().rules() }))
}

/// `GET /__fake/webhook_url`
pub async fn webhook_url(State(gateway): State<Arc<Gateway>>) -> Json<Value> {
    let url = gateway.dispatcher().sender().url().map(|url| url.to_string());
    Json(json!({ "url": url }))
}
