//! What each guard is good for: what the checker finds once it is gone.

use std::num::NonZeroUsize;

use souk_exploration::Role;

use crate::{
    bounds::{Bounds, Contest, SHIPS},
    guards::{Guard, Guards},
    invariants::Invariant,
    protocol::Protocol,
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
        const ONE_ORDER: &[Invariant] = &[Invariant::I4OneOrder];
        // Who ends whose note or attempt only matters where two ship.
        let two_ship = matches!(guard, G::NoteEndsWithOrder | G::RefusedOwnAttempt);
        let shipping = if two_ship { SHIPS } else { 1 };
        let within = |contest| Bounds { shipping, ..Bounds::to_find(contest) };
        let needed = |contest| Role::Needed(within(contest));
        let second_line = |contest, first, left_out| Role::SecondLine(within(contest), first, left_out);
        let spare = |why| Role::Spare(within(Contest::Alone), why);
        match guard {
            G::ReserveAvailable => needed(Contest::OneUnit),
            G::PlaceOrderAbsent => needed(Contest::OneKey),
            G::PlaceCheckoutUnconsumed => needed(Contest::OneCheckout),
            G::PlaceCartUnmarked | G::UnmarkFirst | G::UnmarkCart | G::UnmarkOwn => needed(Contest::OneCart),
            G::AttachOwn | G::ReleaseOwn => second_line(Contest::OneCheckout, G::PlaceCheckoutUnconsumed, ONE_ORDER),
            G::AbandonUnattached => second_line(Contest::Alone, G::AbandonUnconsumed, &[]),
            G::PlaceCheckoutOpen => {
                spare("the order finds its units released and is cancelled; the shopper is spared that")
            }
            G::AbandonUnconsumed => {
                spare("the units go only while no order has them; an order that never attached is then cancelled")
            }
            G::ReadConfirmed | G::ReadCancelled => {
                spare("a shortcut: every later step finds the same by its own condition")
            }
            G::ActionNeverUndoesDecline => spare("the next run asks the gateway, and finds the decline again"),
            G::CommitOwn => spare("only an attached order is ever confirmed"),
            G::SettleAfterCommit => {
                spare("the sweeper over held reservations drives the order on, but only once its time is over")
            }
            G::EndVoiding => spare("all that can end a VOIDING record agree on how: they ask the gateway"),
            G::ReleaseUnattached => spare("the timer frees the units, but only once their time is over"),
            _ => needed(Contest::Alone),
        }
    }
}
