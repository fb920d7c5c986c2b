//! What each guard is good for: what the checker finds once it is gone.

use std::num::NonZeroUsize;

use souk_exploration::Role;

use crate::{
    Protocol,
    bounds::Bounds,
    guards::{Guard, Guards},
    properties::Invariant,
};

impl souk_exploration::Protocol for Protocol {
    type Guard = Guard;
    type Bounds = Bounds;
    type Invariant = Invariant;

    const INVARIANTS: &'static [Invariant] = Invariant::ALL;
    const MOST: Option<NonZeroUsize> = None;

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
        let spare = |why| Role::Spare(Bounds { troubles: false, ..Bounds::PARCELS }, why);
        match guard {
            G::PackConfirmed => spare("nothing leaves of a cancelled order; the warehouse packs it in vain"),
            G::BeginConfirmed => spare("a cancelled order's record is fenced, and ship 3 refuses"),
            G::ClaimDue => spare("short 4 gives the difference back"),
            G::ShortfallCounts => Role::Needed(Bounds { units: [2, 1], troubles: false, ..Bounds::PARCELS }),
            G::ShortfallAllows => Role::Needed(Bounds { asked: 2, troubles: false, ..Bounds::PARCELS }),
            G::ResumeConfirmed => spare("a cancelled order's record is fenced, and ship 3 refuses"),
            G::ListAfterRecord => Role::Spare(
                Bounds { failures: false, ..Bounds::REFUNDS },
                "what an older list makes of the record is put right by the next; keys keep what it misses from being made twice",
            ),
            G::GivenBackFromVoiding => Role::Spare(
                Bounds { failures: false, ..Bounds::REFUNDS },
                "all that can end a VOIDING record agree on how: they ask the gateway",
            ),
            G::GivenBackAsRead => Role::Spare(
                Bounds { failures: false, ..Bounds::REFUNDS },
                "nothing else writes the refunds of a record that is VOIDING",
            ),
            G::LearnRefusals => Role::Needed(Bounds { asked: 2, failures: false, ..Bounds::REFUNDS }),
            G::ListAgain => Role::Spare(
                Bounds { at_once: 1, ..Bounds::REFUNDS },
                "the reconciliation takes over what the gateway has made",
            ),
            G::RefundRest
            | G::CancellationOnce
            | G::UnheardFail
            | G::AskCaptured
            | G::AskWithin
            | G::MakeUntold
            | G::RefundKey
            | G::LearnAsRead
            | G::LearnFailures
            | G::LearnStrangers
            | G::SweepRefunds
            | G::Reconcile
            | G::GatewayRefundsWithin => Role::Needed(Bounds::REFUNDS),
            _ => Role::Needed(Bounds::PARCELS),
        }
    }
}
