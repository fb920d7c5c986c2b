use serde::{Deserialize, Serialize};
use souk_domain::{
    ids::RefundId,
    order::{CancelReason, Order},
};
use utoipa::ToSchema;

use crate::About;

/// What may have happened to an order, as its events tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    /// It was placed, and waits for its payment.
    Placed,
    /// Money and units are its own.
    Confirmed,
    /// It was cancelled.
    Cancelled,
    /// Its payment waits for the shopper.
    ActionRequired,
    /// Money that had been taken goes back.
    Refunded(RefundId),
    /// What leaves from one warehouse has left.
    ParcelShipped {
        /// Which of the order's shipments, from 1.
        shipment: u32,
    },
    /// A parcel that has left bears another label than was told.
    TrackingChanged {
        /// Which of the order's shipments, from 1.
        shipment: u32,
        /// Which of its parcels, from 1.
        parcel: u32,
        /// How often its label was corrected.
        correction: u32,
    },
    /// Units were not there to be sent.
    UnitsMissing {
        /// Which of the order's shortages, from 1.
        shortage: u32,
    },
    /// It has arrived.
    Delivered,
}

/// The messages that there are. Their names are stored: none may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[schema(as = MessageKind)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Your order has arrived at the shop.
    OrderPlaced,
    /// It is paid, and will be packed.
    OrderConfirmed,
    /// It is cancelled, and why.
    OrderCancelled,
    /// The payment waits for the shopper.
    PaymentAction,
    /// Some or all of what was paid has been given back; one message a refund.
    OrderRefunded,
    /// It has left, all of it from one warehouse, with its tracking numbers.
    OrderShipped,
    /// In place of [`Kind::OrderShipped`]: a part has left, from one warehouse of several.
    ParcelShipped,
    /// A parcel bears another tracking number than was told.
    TrackingChanged,
    /// Units are not sent and not paid for, since they were not there; one message a shortage.
    UnitsMissing,
    /// It has arrived.
    OrderDelivered,
    /// In place of [`Kind::OrderConfirmed`]: the unit of a flash sale is the shopper's.
    SaleWon,
    /// In place of [`Kind::OrderCancelled`]: the unit is lost, since it was not paid.
    SaleLost,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::OrderPlaced,
        Self::OrderConfirmed,
        Self::OrderCancelled,
        Self::PaymentAction,
        Self::OrderRefunded,
        Self::OrderShipped,
        Self::ParcelShipped,
        Self::TrackingChanged,
        Self::UnitsMissing,
        Self::OrderDelivered,
        Self::SaleWon,
        Self::SaleLost,
    ];

    /// As what the order's shopper is told of what happened.
    pub fn of(happened: &Happened, order: &Order) -> Self {
        let is_sale = order.origin.sale().is_some();
        match happened {
            Happened::Placed => Self::OrderPlaced,
            Happened::Confirmed if is_sale => Self::SaleWon,
            Happened::Confirmed => Self::OrderConfirmed,
            Happened::Cancelled if is_sale && order.cancel_reason.is_some_and(CancelReason::is_for_want_of_money) => {
                Self::SaleLost
            }
            Happened::Cancelled => Self::OrderCancelled,
            Happened::ActionRequired => Self::PaymentAction,
            Happened::Refunded(_) => Self::OrderRefunded,
            Happened::ParcelShipped { .. } if order.shipments.len() > 1 => Self::ParcelShipped,
            Happened::ParcelShipped { .. } => Self::OrderShipped,
            Happened::TrackingChanged { .. } => Self::TrackingChanged,
            Happened::UnitsMissing { .. } => Self::UnitsMissing,
            Happened::Delivered => Self::OrderDelivered,
        }
    }

    /// Whether there can be such a message about this part of an order.
    pub(crate) fn is_about(self, part: &About) -> bool {
        match part {
            About::Order => {
                !matches!(self, Self::ParcelShipped | Self::TrackingChanged | Self::OrderRefunded | Self::UnitsMissing)
            }
            About::Shipment(_) => self == Self::ParcelShipped,
            About::Correction { .. } => self == Self::TrackingChanged,
            About::Shortage(_) => self == Self::UnitsMissing,
            About::Refund(_) => self == Self::OrderRefunded,
        }
    }

    /// Whether a shopper may decline it. The law of many countries has a shop acknowledge an order, confirm it on
    /// a durable medium, and say when it falls through or money is given back; where a parcel is, is a courtesy.
    pub fn may_be_declined(self) -> bool {
        matches!(self, Self::OrderShipped | Self::ParcelShipped | Self::TrackingChanged | Self::OrderDelivered)
    }

    /// The name that is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OrderPlaced => "order_placed",
            Self::OrderConfirmed => "order_confirmed",
            Self::OrderCancelled => "order_cancelled",
            Self::PaymentAction => "payment_action",
            Self::OrderRefunded => "order_refunded",
            Self::OrderShipped => "order_shipped",
            Self::ParcelShipped => "parcel_shipped",
            Self::TrackingChanged => "tracking_changed",
            Self::UnitsMissing => "units_missing",
            Self::OrderDelivered => "order_delivered",
            Self::SaleWon => "sale_won",
            Self::SaleLost => "sale_lost",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::tests::{bought, won};

    #[test]
    fn the_stored_name_is_the_serialised_one() {
        for kind in Kind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
    }

    #[test]
    fn a_sales_order_is_won_or_lost_by_its_payment_and_otherwise_like_any_other() {
        assert_eq!(Kind::of(&Happened::Confirmed, &bought()), Kind::OrderConfirmed);
        assert_eq!(Kind::of(&Happened::Confirmed, &won()), Kind::SaleWon);
        let cancelled = |mut order: Order, reason| {
            order.cancel_reason = Some(reason);
            Kind::of(&Happened::Cancelled, &order)
        };
        assert_eq!(cancelled(bought(), CancelReason::PaymentDeclined), Kind::OrderCancelled);
        assert_eq!(cancelled(won(), CancelReason::PaymentDeclined), Kind::SaleLost);
        assert_eq!(cancelled(won(), CancelReason::ClaimExpired), Kind::OrderCancelled);
        assert_eq!(cancelled(won(), CancelReason::Customer), Kind::OrderCancelled);
    }

    #[test]
    fn only_news_of_the_parcel_may_be_declined() {
        let declinable: Vec<_> = Kind::ALL.into_iter().filter(|kind| kind.may_be_declined()).collect();
        let of_parcels = [Kind::OrderShipped, Kind::ParcelShipped, Kind::TrackingChanged, Kind::OrderDelivered];
        assert_eq!(declinable, of_parcels);
    }

    #[test]
    fn an_order_that_leaves_at_once_is_told_as_a_whole_and_others_in_parts() {
        let left = Happened::ParcelShipped { shipment: 1 };
        let mut order = bought();
        assert_eq!(Kind::of(&left, &order), Kind::OrderShipped);
        order.shipments.push(order.shipments[0].clone());
        assert_eq!(Kind::of(&left, &order), Kind::ParcelShipped);
    }
}
