use serde::{Deserialize, Serialize};

/// What subscribers are told. The names are sent and stored: none may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = WebhookEventType))]
pub enum EventType {
    /// An order waits for its payment.
    #[serde(rename = "order.placed")]
    OrderPlaced,
    /// Money and units are its own.
    #[serde(rename = "order.confirmed")]
    OrderConfirmed,
    /// It was cancelled.
    #[serde(rename = "order.cancelled")]
    OrderCancelled,
    /// Stock and money have followed the cancellation.
    #[serde(rename = "order.cancellation_settled")]
    OrderCancellationSettled,
    /// Units of it were not there to be sent: nobody pays for them, and the rest is sent.
    #[serde(rename = "order.units_missing")]
    OrderUnitsMissing,
    /// It has left.
    #[serde(rename = "order.shipped")]
    OrderShipped,
    /// It has arrived.
    #[serde(rename = "order.delivered")]
    OrderDelivered,
    /// Nothing has happened: an operator tries the way. Every subscription gets its own.
    #[serde(rename = "webhook.ping")]
    Ping,
}

impl EventType {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::OrderPlaced,
        Self::OrderConfirmed,
        Self::OrderCancelled,
        Self::OrderCancellationSettled,
        Self::OrderUnitsMissing,
        Self::OrderShipped,
        Self::OrderDelivered,
        Self::Ping,
    ];

    /// Whether one subscribes to it. A ping comes by itself.
    pub fn may_be_subscribed_to(self) -> bool {
        self != Self::Ping
    }

    /// The version of the schema of what is told, from 1: counted up with every change, which subscribers that know
    /// the one before live through.
    pub fn schema_version(self) -> u32 {
        match self {
            Self::OrderUnitsMissing => 2,
            Self::OrderPlaced
            | Self::OrderConfirmed
            | Self::OrderCancelled
            | Self::OrderCancellationSettled
            | Self::OrderShipped
            | Self::OrderDelivered
            | Self::Ping => 1,
        }
    }

    /// The name that is sent and stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OrderPlaced => "order.placed",
            Self::OrderConfirmed => "order.confirmed",
            Self::OrderCancelled => "order.cancelled",
            Self::OrderCancellationSettled => "order.cancellation_settled",
            Self::OrderUnitsMissing => "order.units_missing",
            Self::OrderShipped => "order.shipped",
            Self::OrderDelivered => "order.delivered",
            Self::Ping => "webhook.ping",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stored_name_is_the_serialised_one() {
        for event_type in EventType::ALL {
            assert_eq!(serde_json::to_value(event_type).unwrap(), event_type.as_str());
        }
    }
}
