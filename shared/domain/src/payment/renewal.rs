//! A held payment that is made anew before the gateway lets go of it (steps R1 to R7): a second intent, which takes the
//! first one's place in the record.
//!
//! Each write of the record stands under one of these conditions; `statemachines/checkout-model/src/steps/renew.rs` says
//! why, and is held against them.

use serde::{Deserialize, Serialize};

use super::PaymentState;

/// Where the renewal of an authorisation stands, while there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Renewal {
    /// It is wanted; the gateway may or may not have heard of it.
    Wanted,
    /// The new intent's id is known.
    Known,
    /// The record names the intent on which it does not stand, and which goes: the old one, or a new one that came to nothing.
    Old,
}

/// What is to be done next about a renewal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Next {
    /// Nothing.
    Nothing,
    /// R1: note that another authorisation is wanted.
    Want,
    /// R2 and R3: make its intent at the gateway, and keep its id.
    Create,
    /// R4 and R5: confirm it, and stand on it.
    Confirm,
    /// R6: no more may the record stand on it.
    GiveUp,
    /// R6 and R7: cancel the other intent, and forget it.
    Cancel,
    /// R7: it was wanted, and is not any more.
    Forget,
}

impl Renewal {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Wanted, Self::Known, Self::Old];

    /// What is to be done next, where the order was read confirmed or not; `may_begin` where none is under way.
    pub fn next(renewal: Option<Self>, state: PaymentState, is_confirmed: bool, may_begin: bool) -> Next {
        let stands = is_confirmed && state == PaymentState::Authorized;
        match renewal {
            None if stands && may_begin => Next::Want,
            None => Next::Nothing,
            Some(Self::Wanted) if stands => Next::Create,
            Some(Self::Known) if stands => Next::Confirm,
            Some(Self::Wanted) => Next::Forget,
            Some(Self::Known) => Next::GiveUp,
            Some(Self::Old) => Next::Cancel,
        }
    }

    /// R1: whether another authorisation may be wanted.
    pub fn may_be_wanted(renewal: Option<Self>, state: PaymentState) -> bool {
        renewal.is_none() && state == PaymentState::Authorized
    }

    /// R2: whether it may be dropped, since the gateway makes no intent of it.
    pub fn may_be_dropped(renewal: Option<Self>) -> bool {
        renewal == Some(Self::Wanted)
    }

    /// R3: whether the new intent's id may be kept. Whoever may not keep it does not confirm.
    pub fn may_keep_intent(renewal: Option<Self>, state: PaymentState) -> bool {
        renewal == Some(Self::Wanted) && state == PaymentState::Authorized
    }

    /// R5: whether the record may stand on the new intent, whose money is held.
    pub fn may_swap(renewal: Option<Self>, state: PaymentState) -> bool {
        renewal == Some(Self::Known) && state == PaymentState::Authorized
    }

    /// R6: whether it may come to nothing.
    pub fn may_be_given_up(renewal: Option<Self>) -> bool {
        renewal == Some(Self::Known)
    }

    /// R7: whether it may be forgotten; `is_gone` where the other intent is cancelled at the gateway.
    pub fn may_be_forgotten(renewal: Option<Self>, state: PaymentState, is_gone: bool) -> bool {
        match renewal {
            Some(Self::Old) => is_gone,
            Some(Self::Wanted) => state != PaymentState::Authorized,
            Some(Self::Known) | None => false,
        }
    }

    /// The name that is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wanted => "WANTED",
            Self::Known => "KNOWN",
            Self::Old => "OLD",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every() -> impl Iterator<Item = (Option<Renewal>, PaymentState)> {
        let renewals = [None].into_iter().chain(Renewal::ALL.map(Some));
        renewals.flat_map(|renewal| PaymentState::ALL.into_iter().map(move |state| (renewal, state)))
    }

    #[test]
    fn what_comes_next_is_what_its_condition_lets_through() {
        for (renewal, state) in every() {
            for is_confirmed in [true, false] {
                let holds = match Renewal::next(renewal, state, is_confirmed, true) {
                    Next::Nothing => renewal.is_none(),
                    Next::Want => Renewal::may_be_wanted(renewal, state),
                    Next::Create => Renewal::may_keep_intent(renewal, state),
                    Next::Confirm => Renewal::may_swap(renewal, state),
                    Next::GiveUp => Renewal::may_be_given_up(renewal),
                    Next::Cancel => Renewal::may_be_forgotten(renewal, state, true),
                    // A cancelled order's record is fenced soon.
                    Next::Forget => renewal == Some(Renewal::Wanted),
                };
                assert!(holds, "{renewal:?} of {state:?}, confirmed: {is_confirmed}");
            }
        }
    }

    #[test]
    fn invariant_i6_a_record_stands_on_new_money_only_while_it_is_merely_held() {
        for (renewal, state) in every() {
            let swaps = Renewal::may_swap(renewal, state);
            assert_eq!(swaps, renewal == Some(Renewal::Known) && state == PaymentState::Authorized);
        }
    }

    #[test]
    fn the_stored_name_is_the_serialised_one() {
        for renewal in Renewal::ALL {
            assert_eq!(serde_json::to_value(renewal).unwrap(), renewal.as_str());
        }
    }
}
