use serde::{Deserialize, Serialize};

use crate::order::{Order, OrderStatus};

/// Whether a shard sells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ShardState {
    /// Its units can be claimed.
    Open,
    /// Its unsold units have gone back to the warehouse. Final.
    Closed,
}

/// What a shard remembers of one shopper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub enum ClaimEntry {
    /// The shopper holds a unit since this time (seconds of the epoch).
    Claimed(u32),
    /// The shopper held a unit, and it was given back. Final.
    GivenBack,
}

impl ClaimEntry {
    /// True where the shopper holds a unit.
    pub fn is_claimed(self) -> bool {
        matches!(self, Self::Claimed(_))
    }
}

/// A number that is no entry of a shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a claim is a time after 0, or -1 once it was given back")]
pub struct ClaimEntryError;

impl TryFrom<i64> for ClaimEntry {
    type Error = ClaimEntryError;
    fn try_from(number: i64) -> Result<Self, ClaimEntryError> {
        match (number, u32::try_from(number)) {
            (-1, _) => Ok(Self::GivenBack),
            (_, Ok(since)) if since > 0 => Ok(Self::Claimed(since)),
            _ => Err(ClaimEntryError),
        }
    }
}

impl From<ClaimEntry> for i64 {
    fn from(entry: ClaimEntry) -> Self {
        match entry {
            ClaimEntry::Claimed(since) => since.into(),
            ClaimEntry::GivenBack => -1,
        }
    }
}

/// A shard as one shopper sees it: what came back from a failed condition, or was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShardImage {
    /// Whether it sells.
    pub state: ShardState,
    /// Units that nobody has claimed.
    pub left: u32,
    /// What it remembers of the shopper.
    pub entry: Option<ClaimEntry>,
}

/// What a shopper can do in a shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimJudgement {
    /// Claim a unit: its condition holds.
    Claimable,
    /// They have one already, since this time (seconds of the epoch): a repeat of the request sends again.
    AlreadyClaimed {
        /// When they claimed it.
        since: u32,
    },
    /// They had one and lost it; their order tells why. They may not claim again.
    GivenBack,
    /// Try the next shard.
    Empty,
    /// The sale is over.
    Closed,
}

/// What the release of a claim finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReleaseJudgement {
    /// The unit goes back on sale: left + 1.
    ToSale,
    /// The shard is closed, so the unit goes back to the warehouse: drained + 1.
    ToWarehouse,
    /// There is nothing to give back, or it was given back before.
    Done,
}

impl ShardImage {
    /// What the shopper can do here. Their own entry comes first: a repeated request must find its claim
    /// in a shard that is empty or closed by now.
    pub fn claim(&self) -> ClaimJudgement {
        match (self.entry, self.state) {
            (Some(ClaimEntry::Claimed(since)), _) => ClaimJudgement::AlreadyClaimed { since },
            (Some(ClaimEntry::GivenBack), _) => ClaimJudgement::GivenBack,
            (None, ShardState::Closed) => ClaimJudgement::Closed,
            (None, ShardState::Open) if self.left == 0 => ClaimJudgement::Empty,
            (None, ShardState::Open) => ClaimJudgement::Claimable,
        }
    }

    /// What becomes of the shopper's unit once there is a ground for its release.
    pub fn release(&self) -> ReleaseJudgement {
        match (self.entry, self.state) {
            (Some(ClaimEntry::Claimed(_)), ShardState::Open) => ReleaseJudgement::ToSale,
            (Some(ClaimEntry::Claimed(_)), ShardState::Closed) => ReleaseJudgement::ToWarehouse,
            (Some(ClaimEntry::GivenBack) | None, _) => ReleaseJudgement::Done,
        }
    }
}

/// What is known of the one order that a shopper can have in a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimOrder {
    /// Where it stands.
    pub status: OrderStatus,
    /// The shard that its unit comes from.
    pub shard: u32,
    /// True where its unit was not there to be picked: it is not offered to the next.
    pub unit_missing: bool,
}

impl ClaimOrder {
    /// What this order says, where it was made of a claim.
    pub fn of(order: &Order) -> Option<Self> {
        let unit_missing = !order.shortages.is_empty();
        order.origin.sale().map(|sale| Self { status: order.status, shard: sale.shard, unit_missing })
    }
}

/// Why a claim may be released. Both grounds are stable, a cancelled order stays cancelled and an order's
/// shard never changes, so looking first and acting later cannot race.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReleaseGround {
    /// The shopper's order is cancelled.
    OrderCancelled,
    /// The shopper's order took its unit from this other shard: they had claimed twice.
    OrderNamesAnotherShard(u32),
}

/// The ground for the release of a shopper's claim in `shard`. None without an order: the order may be
/// about to be made.
pub fn release_ground(order: Option<ClaimOrder>, shard: u32) -> Option<ReleaseGround> {
    match order? {
        order if order.shard != shard => Some(ReleaseGround::OrderNamesAnotherShard(order.shard)),
        order if order.status == OrderStatus::Cancelled && !order.unit_missing => Some(ReleaseGround::OrderCancelled),
        _ => None,
    }
}
