use jiff::{Timestamp, fmt::serde::timestamp::millisecond};
use serde::{Deserialize, Serialize};

/// What happens to a row of stock. Every change but [`Change::Set`] commutes with the others: it is
/// the same two additions whatever else was written in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Change {
    /// Somebody counted: the quantity becomes this. Depends on what stands there.
    Set(u32),
    /// Goods came or went outside of any order.
    Adjust(i64),
    /// Units are set aside for a checkout.
    Reserve(u32),
    /// Units that were set aside leave for good: their order is confirmed.
    Commit(u32),
    /// Units that were set aside are for sale again.
    Release(u32),
    /// Units that had left come back: their order was cancelled after it was confirmed, or their flash
    /// sale was closed.
    Return(u32),
    /// Units leave for a flash sale, which sells them out of its own shards.
    Allot(u32),
    /// Units that had left for an order were not there. The books lose them with the order and not with the row: its
    /// numbers stay.
    Short(u32),
}

/// What a change adds to a row's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Delta {
    /// To `quantity`.
    #[serde(rename = "quantity_delta")]
    pub quantity: i64,
    /// To what is set aside.
    #[serde(rename = "reserved_delta")]
    pub reserved: i64,
}

impl Delta {
    /// To `available`.
    pub fn available(self) -> i64 {
        self.quantity - self.reserved
    }
}

impl Change {
    /// What it adds to a row that now holds `quantity` units.
    pub fn delta(self, quantity: u32) -> Delta {
        match self {
            Self::Set(to) => Delta { quantity: i64::from(to) - i64::from(quantity), reserved: 0 },
            Self::Adjust(by) => Delta { quantity: by, reserved: 0 },
            Self::Reserve(n) => Delta { quantity: 0, reserved: i64::from(n) },
            Self::Commit(n) => Delta { quantity: -i64::from(n), reserved: -i64::from(n) },
            Self::Release(n) => Delta { quantity: 0, reserved: -i64::from(n) },
            Self::Return(n) => Delta { quantity: i64::from(n), reserved: 0 },
            Self::Allot(n) => Delta { quantity: -i64::from(n), reserved: 0 },
            Self::Short(_) => Delta::default(),
        }
    }

    /// Its name in the ledger.
    pub fn kind(self) -> MovementKind {
        match self {
            Self::Set(_) => MovementKind::Set,
            Self::Adjust(_) => MovementKind::Adjusted,
            Self::Reserve(_) => MovementKind::Reserved,
            Self::Commit(_) => MovementKind::Committed,
            Self::Release(_) => MovementKind::Released,
            Self::Return(_) => MovementKind::Returned,
            Self::Allot(_) => MovementKind::Allotted,
            Self::Short(_) => MovementKind::Short,
        }
    }
}

/// What kind of change a movement was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MovementKind {
    /// The quantity was set.
    Set,
    /// Goods came or went outside of any order.
    Adjusted,
    /// Units were set aside.
    Reserved,
    /// Reserved units left for a confirmed order.
    Committed,
    /// Reserved units went back on sale.
    Released,
    /// Units of a cancelled order, or of a closed flash sale, came back.
    Returned,
    /// Units left for a flash sale.
    Allotted,
    /// Units of a confirmed order were not there to be picked; the row's numbers stay.
    Short,
    /// The units lie elsewhere, and their number is the same.
    Placed,
    /// An operator set right what was set aside and what is for sale.
    Repaired,
    /// What a row remembered of checkouts that are over is forgotten; the row's numbers stay.
    Collected,
    /// Units went to another row of the same warehouse, or came from one.
    Moved,
    /// The row was split, or its splits are asked no more; the row's numbers stay.
    Split,
}

impl MovementKind {
    /// True where people said how many units there are or how many came and went.
    pub fn is_said_by_people(self) -> bool {
        matches!(self, Self::Set | Self::Adjusted)
    }
}

/// The cause of a row's last write. It travels in the row itself, so that the row's stream is its ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movement {
    /// What kind of change.
    pub kind: MovementKind,
    /// The reservation, the checkout or the operator behind it.
    pub reference: String,
    /// Why, in an operator's words; of [`MovementKind::Placed`], where they lie now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What it added.
    #[serde(flatten)]
    pub delta: Delta,
    /// When.
    #[serde(with = "millisecond::required")]
    pub at: Timestamp,
}

impl Movement {
    /// Units that it brought from other rows of the warehouse; negative where they went there.
    pub fn moved(&self) -> i64 {
        if self.kind == MovementKind::Moved { self.delta.quantity } else { 0 }
    }
}
