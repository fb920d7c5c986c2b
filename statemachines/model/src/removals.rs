//! What each guard is good for: what the checker finds once it is gone.

use crate::{
    Protocol,
    bounds::{Bounds, Contest},
    guards::{Guard, Guards},
    properties::Invariant,
    state::SHIPS,
};

/// What becomes of the protocol without a guard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It breaks in this contest.
    Needed(Contest),
    /// It breaks once another guard is gone too, worse than without that one alone: a second line of defence. The
    /// invariant that the first line alone protects is left out.
    SecondLine(Contest, Guard, &'static [Invariant]),
    /// Within these bounds nothing breaks, for this reason.
    Spare(&'static str),
}

impl Guard {
    /// What becomes of the protocol without it.
    pub fn role(self) -> Role {
        use Guard as G;
        const ONE_ORDER: &[Invariant] = &[Invariant::I4OneOrder];
        match self {
            G::ReserveAvailable => Role::Needed(Contest::OneUnit),
            G::PlaceOrderAbsent => Role::Needed(Contest::OneKey),
            G::PlaceCheckoutUnconsumed => Role::Needed(Contest::OneCheckout),
            G::PlaceCartUnmarked | G::UnmarkFirst | G::UnmarkCart | G::UnmarkOwn => Role::Needed(Contest::OneCart),
            G::AttachOwn => Role::SecondLine(Contest::OneCheckout, G::PlaceCheckoutUnconsumed, ONE_ORDER),
            G::ReleaseOwn => Role::SecondLine(Contest::OneCheckout, G::PlaceCheckoutUnconsumed, ONE_ORDER),
            G::AbandonUnattached => Role::SecondLine(Contest::Alone, G::AbandonUnconsumed, &[]),
            G::PlaceCheckoutOpen => {
                Role::Spare("the order finds its units released and is cancelled; the shopper is spared that")
            }
            G::AbandonUnconsumed => {
                Role::Spare("the units go only while no order has them; an order that never attached is then cancelled")
            }
            G::ReadConfirmed | G::ReadCancelled => {
                Role::Spare("a shortcut: every later step finds the same by its own condition")
            }
            G::ActionNeverUndoesDecline => Role::Spare("the next run asks the gateway, and finds the decline again"),
            G::CommitOwn => Role::Spare("only an attached order is ever confirmed"),
            G::SettleAfterCommit => {
                Role::Spare("the sweeper over held reservations drives the order on, but only once its time is over")
            }
            G::EndVoiding => Role::Spare("all that can end a VOIDING record agree on how: they ask the gateway"),
            G::ReleaseUnattached => Role::Spare("the timer frees the units, but only once their time is over"),
            _ => Role::Needed(Contest::Alone),
        }
    }

    /// The protocol without this guard, in the contest where that shows.
    pub fn removed(self) -> Protocol {
        let (contest, guards, left_out) = match self.role() {
            Role::Needed(contest) => (contest, Guards::ALL, [].as_slice()),
            Role::SecondLine(contest, first, left_out) => (contest, Guards::ALL.without(first), left_out),
            Role::Spare(_) => (Contest::Alone, Guards::ALL, [].as_slice()),
        };
        // Who ends whose note or attempt only matters where two ship.
        let two_ship = matches!(self, Self::NoteEndsWithOrder | Self::RefusedOwnAttempt);
        let shipping = if two_ship { SHIPS } else { 1 };
        let bounds = Bounds { shipping, ..Bounds::to_find(contest) };
        let invariants = Invariant::ALL.iter().copied().filter(|invariant| !left_out.contains(invariant)).collect();
        Protocol { guards: guards.without(self), bounds, invariants }
    }
}
