use serde::{Deserialize, Serialize};
use souk_domain::{
    ids::{OrderId, RefundId, UserId},
    order::Order,
};

use crate::{Happened, Kind};

/// What of the order a message is about: one of a kind is sent about each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// All of it.
    Order,
    /// One of its shipments, from 1.
    Shipment(u32),
    /// One correction of a parcel of a shipment, each from 1.
    Correction {
        /// Which shipment.
        shipment: u32,
        /// Which parcel of it.
        parcel: u32,
        /// Which correction of that.
        number: u32,
    },
    /// Units that are missing: one of its shortages, from 1.
    Shortage(u32),
    /// Money that goes back.
    Refund(RefundId),
}

impl About {
    /// What a message of this kind is about.
    pub fn of(happened: &Happened, kind: Kind) -> Self {
        match *happened {
            // What leaves at once is all of the order.
            Happened::ParcelShipped { .. } if kind == Kind::OrderShipped => Self::Order,
            Happened::ParcelShipped { shipment } => Self::Shipment(shipment),
            Happened::TrackingChanged { shipment, parcel, correction } => {
                Self::Correction { shipment, parcel, number: correction }
            }
            Happened::UnitsMissing { shortage } => Self::Shortage(shortage),
            Happened::Refunded(ref refund_id) => Self::Refund(refund_id.clone()),
            _ => Self::Order,
        }
    }

    /// All that messages can be about, of this order and these refunds.
    pub fn all(order: &Order, refunds: impl IntoIterator<Item = RefundId>) -> Vec<Self> {
        let mut all = vec![Self::Order];
        for (shipment, of) in (1..).zip(&order.shipments) {
            all.push(Self::Shipment(shipment));
            for (parcel, labelled) in (1..).zip(&of.parcels) {
                let corrections = (1..).zip(&labelled.former);
                all.extend(corrections.map(|(number, _)| Self::Correction { shipment, parcel, number }));
            }
        }
        all.extend((1..).zip(&order.shortages).map(|(shortage, _)| Self::Shortage(shortage)));
        all.extend(refunds.into_iter().map(Self::Refund));
        all
    }
}

/// A message's id: each order has one of each kind about each of its parts, and one shopper, so a repeated event finds
/// it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageId(String);

/// A message and whom it goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Of which order.
    pub order_id: OrderId,
    /// To whom.
    pub user_id: UserId,
    /// What it says.
    pub kind: Kind,
    /// Of what.
    pub about: About,
}

/// Where a message stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Standing {
    /// It is being sent, or its sender died: so it was written before [`Standing::Sent`] said the same.
    Sending,
    /// It was not sent; it may be.
    Waiting,
    /// It is sent, by the delivery that has taken it: that comes again until the provider has the mail.
    Sent,
    /// It is not sent, for good.
    Withheld {
        /// Why.
        why: Withheld,
    },
    /// It may have been sent once or twice, and is not sent again.
    Unknown,
}

/// Why a message is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Withheld {
    /// The account is gone, or has no address that was verified.
    NoAddress,
    /// The shopper does not want messages of this kind.
    Declined,
    /// The address does not take mail, or its owner has complained.
    Suppressed,
}

impl Message {
    /// Its id.
    pub fn id(&self) -> MessageId {
        MessageId::of(&self.order_id, self.kind, &self.about)
    }
}

impl MessageId {
    /// The one message of this kind about this part of the order.
    pub fn of(order_id: &OrderId, kind: Kind, about: &About) -> Self {
        // Letters, digits, '_' and '-': what a mail's tag may hold.
        let message = format!("{order_id}-{}", kind.as_str());
        Self(match about {
            About::Order => message,
            About::Shipment(number) | About::Shortage(number) => format!("{message}-{number}"),
            About::Correction { shipment, parcel, number } => format!("{message}-{shipment}-{parcel}-{number}"),
            About::Refund(refund_id) => format!("{message}-{refund_id}"),
        })
    }

    pub(crate) fn of_tag(tag: &str) -> Self {
        Self(tag.to_owned())
    }

    /// The id's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
