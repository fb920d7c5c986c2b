//! What each guard is good for: what the checker finds once it is gone.

use std::num::NonZeroUsize;

use souk_exploration::Role;

use crate::{
    bounds::Bounds,
    guards::{Guard, Guards},
    invariants::Invariant,
    protocol::Protocol,
};

impl souk_exploration::Protocol for Protocol {
    type Guard = Guard;
    type Bounds = Bounds;
    type Invariant = Invariant;

    const INVARIANTS: &'static [Invariant] = Invariant::ALL;
    /// They fit into some gigabytes of memory.
    const MOST: Option<NonZeroUsize> = NonZeroUsize::new(150_000_000);

    fn new(guards: Guards, bounds: Bounds, invariants: Vec<Invariant>) -> Self {
        Self { guards, bounds, invariants }
    }

    fn bounds(&self) -> Bounds {
        self.bounds
    }

    fn quick() -> Vec<Bounds> {
        Bounds::quick()
    }

    fn exhaustive() -> Vec<Bounds> {
        Bounds::exhaustive()
    }

    fn role(guard: Guard) -> Role<Self> {
        use Guard as G;
        const CLOSING: Bounds = Bounds { keepers: 1, ..Bounds::CLOSING };
        const ONE_REQUEST: Bounds = Bounds { owners: &[0], ..Bounds::ONE_SHOPPER };
        match guard {
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
}
