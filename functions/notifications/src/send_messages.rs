//! `send-messages`: tells shoppers by mail what the orders' events tell.

use serde::Deserialize;
use souk_events::orders::OrderChanged;
use souk_notifications::Happened;
use souk_runtime::queue::{Failure, Message};
use souk_wiring::{Call, FromEnvironment, now};
use souk_workflows::send_message::{SendMessage, SendOutcome};

use crate::pace::Pace;

/// The use case, and how often it may be used.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    send: SendMessage,
    pace: Pace,
}

/// An event of the orders, in the bus's envelope.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "detail-type", content = "detail")]
pub enum OrderEvent {
    /// It was placed.
    OrderPlaced(OrderChanged),
    /// Money and units are its own.
    OrderConfirmed(OrderChanged),
    /// It was cancelled.
    OrderCancelled(OrderChanged),
    /// Stock and money have followed the cancellation.
    CancellationSettled(OrderChanged),
    /// It has left.
    OrderShipped(OrderChanged),
    /// It has arrived.
    OrderDelivered(OrderChanged),
}

/// Sends the message of one event, unless it was sent. A message that waits for its turn is as old as its turn.
///
/// # Errors
/// Whatever makes the event come back.
pub async fn handle(deps: &Deps, message: Message<OrderEvent>, _: Call) -> Result<(), Failure> {
    let (happened, order) = happened(message.body);
    deps.pace.wait().await;
    let outcome = deps.send.run(&order.order_id, happened, Call::at(now())).await?;
    match &outcome {
        SendOutcome::Sent { attempt: 1 } | SendOutcome::Nothing | SendOutcome::Done(_) => {
            tracing::info!(order_id = %order.order_id, ?outcome, "message");
        }
        SendOutcome::Sent { .. } | SendOutcome::Withheld(_) => {
            tracing::warn!(order_id = %order.order_id, ?outcome, "message");
        }
    }
    Ok(())
}

/// Money is given back, where any was taken, before a cancellation is settled.
pub fn happened(event: OrderEvent) -> (Happened, OrderChanged) {
    match event {
        OrderEvent::OrderPlaced(order) => (Happened::Placed, order),
        OrderEvent::OrderConfirmed(order) => (Happened::Confirmed, order),
        OrderEvent::OrderCancelled(order) => (Happened::Cancelled, order),
        OrderEvent::CancellationSettled(order) => (Happened::Refunded, order),
        OrderEvent::OrderShipped(order) => (Happened::Shipped, order),
        OrderEvent::OrderDelivered(order) => (Happened::Delivered, order),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_event_is_read_from_its_envelope() {
        let read = |detail_type: &str| {
            let detail = json!({
                "order_id": format!("ord_{}", "0".repeat(32)), "user_id": "u", "status": "CONFIRMED", "version": 2,
                "total": { "amount": 1, "currency": "USD" }, "lines": [],
            });
            let envelope = json!({ "source": "souk.orders", "detail-type": detail_type, "detail": detail });
            serde_json::from_value(envelope).map(|event| happened(event).0)
        };
        assert_eq!(read("OrderPlaced").unwrap(), Happened::Placed);
        assert_eq!(read("CancellationSettled").unwrap(), Happened::Refunded);
        assert!(read("PaymentFailed").is_err(), "it is told as a cancellation, too");
    }
}
