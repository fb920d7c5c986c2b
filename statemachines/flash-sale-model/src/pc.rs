//! Where a run stands.

use crate::bounds::{SHARDS, SHOPPERS};

/// A claim's name: whose, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// The shopper.
    pub shopper: u8,
    /// The shard.
    pub shard: u8,
}

/// All claims that there can be.
pub(crate) fn claims() -> impl Iterator<Item = Claim> {
    (0..SHOPPERS as u8).flat_map(|shopper| (0..SHARDS as u8).map(move |shard| Claim { shopper, shard }))
}

/// The next step of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are what was read before, by name")]
pub enum Pc {
    /// Nothing runs.
    Idle,

    /// A request: claim in the next shard that it has not `tried`.
    Probe { tried: u8 },
    /// Only where `ClaimOneWrite` is off: the unit is taken, the entry follows.
    Enter { shard: u8 },
    /// Tell the shared item that the shard is empty; go on with the claim there where it is `mine`.
    Mark { shard: u8, mine: bool, tried: u8 },
    /// Send the message and answer 202.
    Send { shard: u8 },
    /// Only where `AnswerAfterSend` is off: 202 was answered, the message follows.
    SendLate { shard: u8 },
    /// Only where an `…NeverUndone` is off: take the claim back.
    Undo { shard: u8 },

    /// A worker: put the order.
    Place(Claim),
    /// Only where `OrderBeforeAck` is off: the message is gone, the order follows.
    PlaceLate(Claim),
    /// Acknowledge the message.
    Acknowledge(Claim),

    /// A keeper: put a cancelled order where there is none.
    Tombstone(Claim),

    /// Only where `RoomAfterShard` is off: tell the shared item of a release that follows.
    UnmarkEarly(Claim),
    /// Only where `ReleaseOneWrite` is off: give the unit back, the entry follows.
    ReleaseUnit(Claim),
    /// Give the claim's unit back to its shard.
    Release(Claim),
    /// Tell the shared item that the claim's shard has a unit again.
    Unmark(Claim),

    /// Tell the shared item that a shard is not empty.
    Repair { shard: u8 },

    /// Close a shard.
    Close { shard: u8 },
    /// Only where `CloseOneWrite` is off: close it with what was read.
    CloseAsRead { shard: u8, left: u8 },
    /// Read what a closed shard has drained.
    CreditRead { shard: u8 },
    /// Read what came back of it.
    CreditCompare { shard: u8, drained: u8 },
    /// Bring the difference back, and record the cumulative value.
    Credit { shard: u8, drained: u8, returned: u8 },
}

impl Pc {
    /// The claim that a worker's or a keeper's run is about.
    pub fn claim_mut(&mut self) -> Option<&mut Claim> {
        match self {
            Self::Place(claim)
            | Self::PlaceLate(claim)
            | Self::Acknowledge(claim)
            | Self::Tombstone(claim)
            | Self::UnmarkEarly(claim)
            | Self::ReleaseUnit(claim)
            | Self::Release(claim)
            | Self::Unmark(claim) => Some(claim),
            _ => None,
        }
    }

    /// A number in which no two positions are alike.
    pub fn code(self) -> u16 {
        let pack = |kind: u16, rest: u8| kind << 8 | u16::from(rest);
        let of = |claim: Claim| claim.shopper << 1 | claim.shard;
        match self {
            Self::Idle => 0,
            Self::Probe { tried } => pack(1, tried),
            Self::Enter { shard } => pack(2, shard),
            Self::Mark { shard, mine, tried } => pack(3, shard << 5 | u8::from(mine) << 4 | tried),
            Self::Send { shard } => pack(4, shard),
            Self::SendLate { shard } => pack(5, shard),
            Self::Undo { shard } => pack(6, shard),
            Self::Place(claim) => pack(7, of(claim)),
            Self::PlaceLate(claim) => pack(8, of(claim)),
            Self::Tombstone(claim) => pack(9, of(claim)),
            Self::ReleaseUnit(claim) => pack(10, of(claim)),
            Self::UnmarkEarly(claim) => pack(11, of(claim)),
            Self::Release(claim) => pack(12, of(claim)),
            Self::Unmark(claim) => pack(13, of(claim)),
            Self::Acknowledge(claim) => pack(14, of(claim)),
            Self::Repair { shard } => pack(16, shard),
            Self::Close { shard } => pack(17, shard),
            Self::CloseAsRead { shard, left } => pack(18, left << 1 | shard),
            Self::CreditRead { shard } => pack(19, shard),
            Self::CreditCompare { shard, drained } => pack(20, drained << 1 | shard),
            Self::Credit { shard, drained, returned } => pack(21, drained << 4 | returned << 1 | shard),
        }
    }

    /// A number that grows with every step of a run, in the protocol. Then every run ends.
    pub fn rank(self) -> u16 {
        match self {
            Self::Probe { tried } => 16 + 2 * tried.count_ones() as u16,
            Self::Mark { tried, .. } => 15 + 2 * tried.count_ones() as u16,
            Self::Enter { .. } => 15 + 2 * SHARDS as u16,
            Self::Send { .. } | Self::SendLate { .. } | Self::Undo { .. } => 32 + self.code() / 256,
            _ => 64 + self.code() / 256,
        }
    }
}
