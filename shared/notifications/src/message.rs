use serde::{Deserialize, Serialize};
use souk_domain::ids::{OrderId, UserId};

use crate::{Happened, Kind};

/// What of the order a message is about: one of a kind is sent about each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
}

impl About {
    /// What a message of this kind is about.
    pub fn of(happened: Happened, kind: Kind) -> Self {
        match happened {
            // What leaves at once is all of the order.
            Happened::ParcelShipped { .. } if kind == Kind::OrderShipped => Self::Order,
            Happened::ParcelShipped { shipment } => Self::Shipment(shipment),
            Happened::TrackingChanged { shipment, parcel, correction } => {
                Self::Correction { shipment, parcel, number: correction }
            }
            _ => Self::Order,
        }
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
    /// It is being sent, or its sender died.
    Sending,
    /// The provider refused it; it may be sent.
    Waiting,
    /// The provider has taken it.
    Sent {
        /// The provider's id of the mail.
        provider_id: String,
    },
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
        // Letters, digits, '_' and '-': what a mail's tag may hold.
        let message = format!("{}-{}", self.order_id, self.kind.as_str());
        MessageId(match self.about {
            About::Order => message,
            About::Shipment(shipment) => format!("{message}-{shipment}"),
            About::Correction { shipment, parcel, number } => format!("{message}-{shipment}-{parcel}-{number}"),
        })
    }
}

impl MessageId {
    pub(crate) fn of_tag(tag: &str) -> Self {
        Self(tag.to_owned())
    }

    /// The id's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
