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
        let operator = Bounds { operator: true, requests: [1, 1], ..Bounds::ONE };
        let renewal = Bounds { ships: false, ages: false, ..Bounds::RENEWAL };
        let ships = Bounds { ships: true, ages: true, requests: [1, 1], ..Bounds::ONE };
        match guard {
            G::OwnHoldSeen | G::CloseOlderOnly | G::CloseOpen | G::CloseBeforeTake | G::TakeHeld => {
                Role::Needed(Bounds::SAME_SHOPPER)
            }
            G::TakeMarks => Role::Spare(
                Bounds { requests: [1, 1], ..Bounds::SAME_SHOPPER },
                "the closed checkout's own timer asks every row, and leaves the mark",
            ),
            G::TakeFloor => {
                Role::Needed(Bounds { requests: [1, 1], orders: [0, 0], at_once: [2, 2], ..Bounds::SAME_SHOPPER })
            }
            G::SoldOutOpen => Role::Needed(Bounds { units: [0, 0], operator: true, ..Bounds::ONE }),
            G::OverdueEnds => Role::Needed(Bounds { requests: [1, 1], another_card: true, ..Bounds::ONE }),
            G::CancelPending => Role::Spare(
                Bounds { requests: [1, 1], ..Bounds::ONE },
                "a confirmed order's record is authorised, and F0 does not pass it",
            ),
            G::CollectReleased => Role::Spare(
                Bounds { requests: [1, 1], ..Bounds::ONE },
                "no such mark is written before the checkout is CLOSED or its order CANCELLED",
            ),
            G::CollectFloorRises => {
                Role::Needed(Bounds { units: [2, 0], orders: [0, 0], at_once: [2, 2], ..Bounds::TWO_SHOPPERS })
            }
            G::HoldPassesWithEntry => Role::Needed(Bounds { units: [0, 2], operator: true, ..Bounds::SPREAD }),
            G::HoldAvailable => Role::Needed(Bounds::TWO_SHOPPERS),
            G::AdjustAvailable | G::PutAsSeen => Role::Needed(operator),
            G::RecordFirst
            | G::KeepIdFromIntent
            | G::FencedNeverConfirms
            | G::OutcomeNeverUnfences
            | G::OutcomeNeverUndoesMoney
            | G::OneIntent
            | G::AnotherCardPending
            | G::ConfirmAuthorized
            | G::CloseUnknownOnly
            | G::FenceAbsent
            | G::RefundKey
            | G::GatewayConfirmAfterCancel => Role::Needed(Bounds::PAYMENT),
            G::RenewAuthorized => Role::Spare(renewal, "the swap asks it again"),
            G::RenewKeepAuthorized | G::FenceBoth => {
                Role::Spare(renewal, "the sweeper of renewals cancels the intent on which the record does not stand")
            }
            G::RenewKeepFirst
            | G::RenewHeld
            | G::RenewSwapAuthorized
            | G::RenewCancels
            | G::RenewForgetsCancelled
            | G::SweepRenewals => Role::Needed(Bounds::RENEWAL),
            G::ShipConfirmed
            | G::ClaimAuthorized
            | G::ClaimNotes
            | G::CapturedFromCapturing
            | G::LapsedIsCancelled
            | G::ShipStill
            | G::SweepCaptures
            | G::PeopleUnshipped
            | G::RefundCaptured
            | G::FenceAlways
            | G::GatewayCancelAfterCapture => Role::Needed(ships),
            _ => Role::Needed(Bounds::ONE),
        }
    }
}
