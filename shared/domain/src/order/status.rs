use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OrderStatus {
    /// Placed; its payment is not authorised yet.
    PendingPayment,
    /// Paid for (authorised); its units are sold.
    Confirmed,
    /// Handed to the carrier; its payment is captured.
    Shipped,
    /// Arrived. Final.
    Delivered,
    /// Ended without goods; no money is kept. Final.
    Cancelled,
}

/// What can happen to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderEvent {
    /// Its payment was authorised.
    Confirm,
    /// Somebody, or the lack of stock, money or time, ended it.
    Cancel,
    /// Its payment was captured and its parcels left.
    Ship,
    /// Its parcels arrived.
    Deliver,
}

/// An event that this status does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an order that is {from} cannot {event}")]
pub struct InvalidTransition {
    /// Where the order stands.
    pub from: OrderStatus,
    /// What was asked of it.
    pub event: OrderEvent,
}

impl OrderStatus {
    /// All of them, in the order of an order's life.
    pub const ALL: [Self; 5] = [Self::PendingPayment, Self::Confirmed, Self::Shipped, Self::Delivered, Self::Cancelled];

    /// The status after an event.
    ///
    /// # Errors
    /// [`InvalidTransition`] where this status does not allow the event.
    pub fn apply(self, event: OrderEvent) -> Result<Self, InvalidTransition> {
        match (self, event) {
            (Self::PendingPayment, OrderEvent::Confirm) => Ok(Self::Confirmed),
            (Self::PendingPayment | Self::Confirmed, OrderEvent::Cancel) => Ok(Self::Cancelled),
            (Self::Confirmed, OrderEvent::Ship) => Ok(Self::Shipped),
            (Self::Shipped, OrderEvent::Deliver) => Ok(Self::Delivered),
            (from, event) => Err(InvalidTransition { from, event }),
        }
    }

    /// The statuses that allow an event: what the conditional write repeats.
    pub fn allowing(event: OrderEvent) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |status| status.apply(event).is_ok())
    }

    /// True where nothing can happen any more.
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Delivered | Self::Cancelled)
    }

    /// True once the parcels are on their way or have arrived.
    pub fn has_left(self) -> bool {
        matches!(self, Self::Shipped | Self::Delivered)
    }

    /// The name that is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PendingPayment => "PENDING_PAYMENT",
            Self::Confirmed => "CONFIRMED",
            Self::Shipped => "SHIPPED",
            Self::Delivered => "DELIVERED",
            Self::Cancelled => "CANCELLED",
        }
    }
}

/// A text that is no status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be PENDING_PAYMENT, CONFIRMED, SHIPPED, DELIVERED or CANCELLED")]
pub struct UnknownStatus;

impl FromStr for OrderStatus {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or(UnknownStatus)
    }
}

impl fmt::Display for OrderStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for OrderEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Confirm => "be confirmed",
            Self::Cancel => "be cancelled",
            Self::Ship => "be shipped",
            Self::Deliver => "be delivered",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{OrderEvent::*, OrderStatus::*, *};

    #[test]
    fn invariant_i5_only_these_edges_are_legal() {
        let mut edges = Vec::new();
        for from in OrderStatus::ALL {
            for event in [Confirm, Cancel, Ship, Deliver] {
                if let Ok(to) = from.apply(event) {
                    edges.push((from, event, to));
                }
            }
        }
        assert_eq!(
            edges,
            [
                (PendingPayment, Confirm, Confirmed),
                (PendingPayment, Cancel, Cancelled),
                (Confirmed, Cancel, Cancelled),
                (Confirmed, Ship, Shipped),
                (Shipped, Deliver, Delivered),
            ]
        );
    }

    #[test]
    fn a_terminal_status_allows_nothing() {
        for status in OrderStatus::ALL {
            let allows = [Confirm, Cancel, Ship, Deliver].iter().any(|event| status.apply(*event).is_ok());
            assert_eq!(status.is_terminal(), !allows, "{status}");
        }
    }

    #[test]
    fn the_stored_name_is_the_serialised_one() {
        for status in OrderStatus::ALL {
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
        }
    }

    #[test]
    fn a_refusal_says_what_stands_in_the_way() {
        assert_eq!(Delivered.apply(Cancel).unwrap_err().to_string(), "an order that is DELIVERED cannot be cancelled");
        assert_eq!(OrderStatus::allowing(Cancel).collect::<Vec<_>>(), [PendingPayment, Confirmed]);
    }
}
