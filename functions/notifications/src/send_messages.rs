//! `send-messages`: tells shoppers by mail what the events of orders and payments tell.

use serde::Deserialize;
use souk_events::{
    orders::{OrderChanged, ParcelShipped, TrackingChanged, UnitsMissing},
    payments::{ActionRequired, RefundEnded},
};
use souk_notifications::Happened;
use souk_runtime::queue::{Failure, Message};
use souk_wiring::{Call, FromEnvironment, now};
use souk_workflows::send_message::{News, SendMessage, SendOutcome};

use crate::pace::Pace;

/// The use case, and how often it may be used.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    send: SendMessage,
    pace: Pace,
}

/// An event of the orders or of their payments, in the bus's envelope.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "detail-type", content = "detail")]
pub enum OrderEvent {
    /// It was placed.
    OrderPlaced(OrderChanged),
    /// Money and units are its own.
    OrderConfirmed(OrderChanged),
    /// It was cancelled.
    OrderCancelled(OrderChanged),
    /// Its payment waits for the shopper.
    PaymentActionRequired(ActionRequired),
    /// Money goes back.
    RefundSucceeded(RefundEnded),
    /// What leaves from one warehouse has left.
    ParcelShipped(ParcelShipped),
    /// A parcel that has left bears another label.
    TrackingChanged(TrackingChanged),
    /// Units were not there to be sent.
    UnitsMissing(UnitsMissing),
    /// It has arrived.
    OrderDelivered(OrderChanged),
}

/// Sends the message of one event, unless it was sent. A message that waits for its turn is as old as its turn.
///
/// # Errors
/// Whatever makes the event come back.
pub async fn handle(deps: &Deps, message: Message<OrderEvent>, _: Call) -> Result<(), Failure> {
    let news = news(message);
    deps.pace.wait().await;
    let outcome = deps.send.run(&news, Call::at(now())).await?;
    let order_id = news.order_id;
    match &outcome {
        SendOutcome::Sent { attempt: 1 } | SendOutcome::Nothing | SendOutcome::Done(_) => {
            tracing::info!(%order_id, ?outcome, "message");
        }
        SendOutcome::Sent { .. } | SendOutcome::Withheld(_) => {
            tracing::warn!(%order_id, ?outcome, "message");
        }
    }
    Ok(())
}

/// What a message of the queue says.
pub fn news(message: Message<OrderEvent>) -> News {
    let (happened, order_id, version) = match message.body {
        OrderEvent::OrderPlaced(order) => (Happened::Placed, order.order_id, Some(order.version)),
        OrderEvent::OrderConfirmed(order) => (Happened::Confirmed, order.order_id, Some(order.version)),
        OrderEvent::OrderCancelled(order) => (Happened::Cancelled, order.order_id, Some(order.version)),
        // Of payments: they know no version of the order.
        OrderEvent::PaymentActionRequired(payment) => (Happened::ActionRequired, payment.order_id, None),
        OrderEvent::RefundSucceeded(refund) => (Happened::Refunded(refund.refund_id), refund.order_id, None),
        OrderEvent::ParcelShipped(ParcelShipped { order_id, shipment, version, .. }) => {
            (Happened::ParcelShipped { shipment }, order_id, Some(version))
        }
        OrderEvent::TrackingChanged(TrackingChanged { order_id, shipment, parcel, correction, version, .. }) => {
            (Happened::TrackingChanged { shipment, parcel, correction }, order_id, Some(version))
        }
        OrderEvent::UnitsMissing(UnitsMissing { order_id, shortage, version, .. }) => {
            (Happened::UnitsMissing { shortage }, order_id, Some(version))
        }
        OrderEvent::OrderDelivered(order) => (Happened::Delivered, order.order_id, Some(order.version)),
    };
    News { order_id, happened, version, delivery: message.id }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(event: OrderEvent) -> News {
        news(Message { body: event, id: "m".to_owned(), receive_count: 1 })
    }

    #[test]
    fn each_event_is_read_from_its_envelope() {
        let (order_id, refund_id) = (format!("ord_{}", "0".repeat(32)), format!("ref_{}", "1".repeat(32)));
        let read = |detail_type: &str| {
            let detail = json!({
                "order_id": order_id, "user_id": "u", "status": "CONFIRMED", "version": 2,
                "total": { "amount": 1, "currency": "USD" }, "lines": [],
                "refund_id": refund_id, "amount": { "amount": 1, "currency": "USD" },
            });
            let envelope = json!({ "source": "souk.orders", "detail-type": detail_type, "detail": detail });
            serde_json::from_value(envelope).map(|event| of(event).happened)
        };
        assert_eq!(read("OrderPlaced").unwrap(), Happened::Placed);
        assert_eq!(read("PaymentActionRequired").unwrap(), Happened::ActionRequired);
        assert_eq!(read("RefundSucceeded").unwrap(), Happened::Refunded(refund_id.parse().unwrap()));
        assert!(read("PaymentFailed").is_err(), "it is told as a cancellation, too");
        assert!(read("RefundFailed").is_err(), "that is an operator's affair");
        assert!(read("OrderShipped").is_err(), "each of its parcels is told");
        let left = json!({
            "order_id": format!("ord_{}", "0".repeat(32)), "user_id": "u", "version": 3, "shipment": 2,
            "warehouse_id": "w", "parcels": [{ "carrier": "c", "tracking_number": "t" }],
        });
        let envelope = json!({ "source": "souk.orders", "detail-type": "ParcelShipped", "detail": left });
        let left = of(serde_json::from_value(envelope).unwrap());
        assert_eq!((left.happened, left.version), (Happened::ParcelShipped { shipment: 2 }, Some(3)));
    }
}
