//! Plans what subscribers are told of the orders' events.

use jiff::Timestamp;
use serde::Deserialize;
use souk_domain::webhook::EventType;
use souk_events::orders::OrderChanged;
use souk_runtime::queue::{Failure, Message};
use souk_wiring::Call;
pub use souk_workflows::plan_deliveries::PlanDeliveries as Deps;
use souk_workflows::plan_deliveries::event_of;

/// An event of the orders, in the bus's envelope.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Envelope {
    #[serde(rename = "detail-type")]
    told: Told,
    /// When it was published.
    time: Timestamp,
    detail: OrderChanged,
}

/// The detail types that subscribers are told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum Told {
    OrderPlaced,
    OrderConfirmed,
    OrderCancelled,
    CancellationSettled,
    OrderShipped,
    OrderDelivered,
}

impl From<Told> for EventType {
    fn from(told: Told) -> Self {
        match told {
            Told::OrderPlaced => Self::OrderPlaced,
            Told::OrderConfirmed => Self::OrderConfirmed,
            Told::OrderCancelled => Self::OrderCancelled,
            Told::CancellationSettled => Self::OrderCancellationSettled,
            Told::OrderShipped => Self::OrderShipped,
            Told::OrderDelivered => Self::OrderDelivered,
        }
    }
}

/// Plans one event for all who want it. Repeating it plans nothing more.
///
/// # Errors
/// Whatever makes the event come back.
pub async fn handle(deps: &Deps, message: Message<Envelope>, call: Call) -> Result<(), Failure> {
    let Envelope { told, time, detail } = message.body;
    let event = event_of(told.into(), &detail, time)?;
    let planned = deps.run(&event, &call).await?;
    tracing::info!(order_id = %detail.order_id, event_id = %event.event_id, ?planned, "deliveries planned");
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
        let event = event_of(read.told.into(), &read.detail, read.time).unwrap();
        let body: Value = serde_json::from_str(&event.body).unwrap();
        let expected = json!({
            "type": "order.confirmed", "id": event.event_id, "timestamp": "2026-11-29T10:00:00Z",
            "data": {
                "order_id": format!("ord_{}", "0".repeat(32)), "status": "CONFIRMED", "version": 2,
                "total": { "amount": 1, "currency": "USD" }, "lines": [{ "sku": "A", "quantity": 1 }],
            },
        });
        assert_eq!(body, expected);
        let again = event_of(EventType::OrderConfirmed, &read.detail, read.time).unwrap();
        assert_eq!(again.event_id, event.event_id, "published twice, it is one event");
        assert!(serde_json::from_value::<Envelope>(envelope("PaymentFailed")).is_err(), "it is told as a cancellation");
    }
}
