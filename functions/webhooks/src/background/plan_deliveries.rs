//! Plans what subscribers are told of the orders' events.

use jiff::Timestamp;
use serde::Deserialize;
use souk_domain::webhook::EventType;
use souk_dynamo::StoreError;
use souk_events::orders::{OrderChanged, UnitsMissing};
use souk_runtime::queue::{Failure, Message};
use souk_webhooks::Event;
use souk_wiring::Call;
pub use souk_workflows::plan_deliveries::PlanDeliveries as Deps;
use souk_workflows::plan_deliveries::{event_of, event_of_shortage};

/// An event of the orders, in the bus's envelope.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Envelope {
    /// When it was published.
    time: Timestamp,
    #[serde(flatten)]
    told: Told,
}

/// What subscribers are told of.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "detail-type", content = "detail")]
enum Told {
    OrderPlaced(OrderChanged),
    OrderConfirmed(OrderChanged),
    OrderCancelled(OrderChanged),
    CancellationSettled(OrderChanged),
    UnitsMissing(UnitsMissing),
    OrderShipped(OrderChanged),
    OrderDelivered(OrderChanged),
}

impl Envelope {
    fn event(&self) -> Result<Event, StoreError> {
        let (event_type, order) = match &self.told {
            Told::OrderPlaced(order) => (EventType::OrderPlaced, order),
            Told::OrderConfirmed(order) => (EventType::OrderConfirmed, order),
            Told::OrderCancelled(order) => (EventType::OrderCancelled, order),
            Told::CancellationSettled(order) => (EventType::OrderCancellationSettled, order),
            Told::OrderShipped(order) => (EventType::OrderShipped, order),
            Told::OrderDelivered(order) => (EventType::OrderDelivered, order),
            Told::UnitsMissing(missing) => return event_of_shortage(missing, self.time),
        };
        event_of(event_type, order, self.time)
    }
}

/// Plans one event for all who want it. Repeating it plans nothing more.
///
/// # Errors
/// Whatever makes the event come back.
pub async fn handle(deps: &Deps, message: Message<Envelope>, call: Call) -> Result<(), Failure> {
    let event = message.body.event()?;
    let planned = deps.run(&event, &call).await?;
    tracing::info!(event_id = %event.event_id, ?planned, "deliveries planned");
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn envelope(detail_type: &str) -> Value {
        let detail = json!({
            "order_id": format!("ord_{}", "0".repeat(32)), "user_id": "somebody", "status": "CONFIRMED", "version": 2,
            "total": { "amount": 1, "currency": "USD" }, "lines": [{ "sku": "A", "quantity": 1 }],
        });
        json!({ "source": "souk.orders", "detail-type": detail_type, "time": "2026-11-29T10:00:00Z", "detail": detail })
    }

    #[test]
    fn each_event_is_read_from_its_envelope_and_says_nothing_of_the_person() {
        let read: Envelope = serde_json::from_value(envelope("OrderConfirmed")).unwrap();
        let event = read.event().unwrap();
        let body: Value = serde_json::from_str(&event.body).unwrap();
        let expected = json!({
            "type": "order.confirmed", "id": event.event_id, "timestamp": "2026-11-29T10:00:00Z",
            "data": {
                "order_id": format!("ord_{}", "0".repeat(32)), "status": "CONFIRMED", "version": 2,
                "total": { "amount": 1, "currency": "USD" }, "lines": [{ "sku": "A", "quantity": 1 }],
            },
        });
        assert_eq!(body, expected);
        let again: Envelope = serde_json::from_value(envelope("OrderConfirmed")).unwrap();
        assert_eq!(again.event().unwrap().event_id, event.event_id, "published twice, it is one event");
        assert!(serde_json::from_value::<Envelope>(envelope("PaymentFailed")).is_err(), "it is told as a cancellation");
    }
    #[test]
    fn a_shortage_says_what_is_missing_and_what_the_order_has_left() {
        let order_id = format!("ord_{}", "0".repeat(32));
        let mut missing = json!({
            "order_id": order_id, "user_id": "somebody", "version": 4, "shortage": 1, "warehouse_id": "east", "sku": "A",
            "quantity": 1, "amount": { "amount": 5, "currency": "USD" },
            "left": { "status": "CONFIRMED", "lines": [{ "sku": "A", "quantity": 1 }], "due": { "amount": 5, "currency": "USD" } },
        });
        let told = |detail: &Value| {
            let envelope = json!({ "detail-type": "UnitsMissing", "time": "2026-11-29T10:00:00Z", "detail": detail });
            let event = serde_json::from_value::<Envelope>(envelope).unwrap().event().unwrap();
            (event.event_id, serde_json::from_str::<Value>(&event.body).unwrap())
        };
        let (first, body) = told(&missing);
        assert_eq!((&body["type"], &body["data"]["left"]), (&json!("order.units_missing"), &missing["left"]));
        assert_eq!((&body["data"]["sku"], &body["data"]["quantity"]), (&json!("A"), &json!(1)));
        assert!(!body.to_string().contains("somebody"));
        // Published before what is left was told, of the same shortage.
        missing.as_object_mut().unwrap().remove("left");
        let (again, body) = told(&missing);
        assert!(again == first && body["data"]["left"].is_null(), "{body}");
        missing["shortage"] = json!(2);
        assert_ne!(told(&missing).0, first);
    }
}
