//! What each guard is good for: what the checker finds once it is gone.

use crate::{
    Protocol,
    bounds::Bounds,
    guards::{Guard, Guards},
    properties::Invariant,
};

/// What becomes of the protocol without a guard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It breaks within these bounds.
    Needed(Bounds),
    /// Within these bounds nothing breaks, for this reason.
    Spare(Bounds, &'static str),
}

impl Guard {
    /// What becomes of the protocol without it.
    pub fn role(self) -> Role {
        use Guard as G;
        const CLOSING: Bounds = Bounds { keepers: 1, ..Bounds::CLOSING };
        const ONE_REQUEST: Bounds = Bounds { owners: &[0], ..Bounds::ONE_SHOPPER };
        match self {
            G::ClaimLeft | G::RoomAfterShard => Role::Needed(Bounds::ONE_UNIT),
            G::ClaimOnce => Role::Needed(Bounds { units: [2, 0], ..Bounds::ONE_SHOPPER }),
            G::AnswerAfterSend | G::OrderBeforeAck | G::SweepGrace | G::SweepDrained | G::SweepDeadline => {
                Role::Needed(Bounds::PROMISED)
            }
            G::ReleaseOpen
            | G::ReleaseDrains
            | G::CloseFence
            | G::CloseOneWrite
            | G::CloseEmpties
            | G::CreditAsRead
            | G::CreditForward
            | G::CreditSwept => Role::Needed(Bounds::CLOSING),
            G::CreditCumulative => Role::Needed(Bounds { units: [2, 0], ..Bounds::CLOSING }),
            G::ClaimNotAgain => Role::Spare(
                ONE_REQUEST,
                "the order stays cancelled, so the claim goes back each time; but each time the unit is off sale for a while",
            ),
            G::ClaimOpen => Role::Spare(CLOSING, "a closed shard has nothing left; it tells 'closed' from 'empty'"),
            G::ReleaseForeign | G::ReleaseCancelled => {
                Role::Spare(Bounds::ONE_SHOPPER, "a shortcut: the sweeper releases the claim, but only later")
            }
            G::CloseOpen => Role::Spare(CLOSING, "a closed shard has nothing left that could be drained twice"),
            _ => Role::Needed(Bounds::ONE_SHOPPER),
        }
    }

    /// The protocol without this guard, within the bounds where that shows.
    pub fn removed(self) -> Protocol {
        let (Role::Needed(bounds) | Role::Spare(bounds, _)) = self.role();
        Protocol { guards: Guards::ALL.without(self), bounds, invariants: Invariant::ALL.to_vec() }
    }
}
