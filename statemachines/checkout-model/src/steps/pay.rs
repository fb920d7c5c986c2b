//! S2: the money is held at the gateway, or it is known that it is not.

use souk_domain::payment::{Authorization, PaymentState};

use super::{Chance, Step, gateway};
use crate::{
    guards::Guard,
    state::{Call, Intent, Pc},
};

impl Step<'_> {
    /// S2 in one step.
    pub(super) fn authorize(&mut self, chance: Chance) -> Pc {
        match self.record() {
            Some(found) if found.is_authorized() => Pc::Decide,
            Some(found) if found.is_fenced() => Pc::Cancel,
            _ => {
                let held = chance != Chance::Refused;
                let mine = self.mine();
                mine.known = true;
                mine.intent = if held { Intent::Held } else { Intent::Declined };
                self.keep(if held { PaymentState::Authorized } else { PaymentState::Declined })
            }
        }
    }

    /// S2a. Absent: INTENT.
    pub(super) fn open_record(&mut self) -> Pc {
        let first = self.has(Guard::RecordFirst);
        let found = match self.record() {
            Some(found) => found,
            None if !first => return Pc::Create,
            None => {
                self.mine().record = Some(PaymentState::Intent);
                PaymentState::Intent
            }
        };
        if found.is_authorized() {
            Pc::Decide
        } else if found.is_fenced() {
            Pc::Cancel
        } else if !self.mine().known {
            Pc::Create
        } else if found == PaymentState::Intent {
            Pc::Confirm
        } else {
            Pc::Ask
        }
    }

    /// S2b. No money is held yet.
    pub(super) fn create(&mut self) -> Pc {
        let guards = self.protocol.guards;
        gateway::take(guards, self.mine(), Call::Create, Chance::None);
        Pc::KeepId
    }

    /// S2c. INTENT.
    pub(super) fn keep_id(&mut self) -> Pc {
        let found = self.record();
        if found.is_none() {
            self.mine().record = Some(PaymentState::Intent);
        }
        if matches!(found, None | Some(PaymentState::Intent)) || !self.has(Guard::KeepIdFromIntent) {
            self.mine().known = true;
            return Pc::Confirm;
        }
        match found {
            _ if !self.has(Guard::FencedNeverConfirms) => Pc::Confirm,
            Some(found) if found.is_fenced() => Pc::Cancel,
            Some(found) if found.is_authorized() => Pc::Decide,
            _ => Pc::Ask,
        }
    }

    /// S2d.
    pub(super) fn confirm(&mut self, chance: Chance) -> Pc {
        let guards = self.protocol.guards;
        gateway::take(guards, self.mine(), Call::Confirm, chance);
        self.outcome()
    }

    /// S2d. What the gateway knows.
    pub(super) fn ask(&mut self) -> Pc {
        self.outcome()
    }

    fn outcome(&mut self) -> Pc {
        let found = self.mine().intent;
        match found {
            Intent::Held | Intent::Captured | Intent::Refunded | Intent::RefundFailed => Pc::KeepAuthorized,
            Intent::Declined | Intent::Canceled | Intent::Lapsed => Pc::KeepDeclined,
            // Some call is still under way, and the run fails.
            Intent::Created | Intent::None => Pc::Idle,
        }
    }

    /// S0, past its time. What is held goes on, all else is fenced.
    pub(super) fn ask_overdue(&mut self) -> Pc {
        if self.mine().intent == Intent::Held { Pc::KeepAuthorized } else { Pc::FenceFirst }
    }

    /// S2e. A state that accepts the outcome.
    pub(super) fn keep(&mut self, outcome: PaymentState) -> Pc {
        let Some(found) = self
            .record()
            .or((self.protocol.bounds.money == crate::bounds::Money::Simple).then_some(PaymentState::Intent))
        else {
            return Pc::Idle;
        };
        let told = match outcome {
            PaymentState::Authorized => Authorization::Authorized,
            _ => Authorization::Declined,
        };
        let accepts = match found {
            found if PaymentState::accepting(told).contains(&found) => true,
            found if found.is_fenced() => !self.has(Guard::OutcomeNeverUnfences),
            _ => !self.has(Guard::OutcomeNeverUndoesMoney),
        };
        if accepts {
            self.mine().record = Some(outcome);
        }
        let stands = if accepts { outcome } else { found };
        if stands.is_authorized() || !self.has(Guard::ConfirmAuthorized) {
            Pc::Decide
        } else if stands.is_fenced() {
            Pc::Cancel
        } else if self.mine().another_card {
            // The order waits for another card while its time lasts.
            Pc::Idle
        } else {
            Pc::FenceFirst
        }
    }
}
