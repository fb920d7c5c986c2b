use serde::{Deserialize, Serialize};
use souk_domain::ids::{OrderId, RefundId, UserId};

use crate::Kind;

/// A message's id: each order has one of each kind, each refund one of its own, and all one shopper, so a repeated
/// event finds it.
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
    /// Of which refund, where it is of one.
    pub refund_id: Option<RefundId>,
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
        let MessageId(id) = MessageId::of(&self.order_id, self.kind);
        let refund = self.refund_id.as_ref().map(|refund_id| format!("-{refund_id}")).unwrap_or_default();
        MessageId(id + &refund)
    }
}

impl MessageId {
    pub(crate) fn of(order_id: &OrderId, kind: Kind) -> Self {
        // Letters, digits, '_' and '-': what a mail's tag may hold.
        Self(format!("{order_id}-{}", kind.as_str()))
    }

    pub(crate) fn of_tag(tag: &str) -> Self {
        Self(tag.to_owned())
    }

    /// The id's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
