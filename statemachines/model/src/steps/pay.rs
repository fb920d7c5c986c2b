//! S2: the money is held at the gateway, or it is known that it is not.

use souk_domain::payment::{Authorization, PaymentState};

use super::{Step, gateway};
use crate::{
    calls::Call,
    guards::Guard,
    pc::{Chance, Outcome, Pc},
    state::Intent,
};

impl Outcome {
    fn authorization(self) -> Authorization {
        match self {
            Self::Authorized => Authorization::Authorized,
            Self::RequiresAction => Authorization::RequiresAction,
            Self::Declined => Authorization::Declined,
        }
    }
}

impl Step<'_> {
    /// S2a. Absent: INTENT.
    pub(super) fn open(&mut self) -> Pc {
        let found = match self.record() {
            Some(found) if self.guarded_by(Guard::RecordAbsent) => found,
            _ => {
                self.own().record = Some(PaymentState::Intent);
                self.own().known = false;
                PaymentState::Intent
            }
        };
        match known(found) {
            Some(next) => next,
            None if !self.own().known => Pc::Create,
            None if found == PaymentState::Intent => Pc::Confirm,
            None => Pc::Ask,
        }
    }

    /// S2b. No money is held yet.
    pub(super) fn create(&mut self, chance: Chance) -> Pc {
        if chance == Chance::Invalid {
            return Pc::Keep(Outcome::Declined);
        }
        let guards = self.protocol.guards;
        gateway::take(guards, self.own(), Call::Create, chance);
        Pc::KeepId
    }

    /// S2c. INTENT.
    pub(super) fn keep_id(&mut self) -> Pc {
        let apart = self.guarded_by(Guard::CreateConfirmApart);
        let confirm = if apart { Pc::Confirm } else { Pc::Ask };
        let Some(found) = self.record() else {
            // Only where the record comes after the call.
            self.own().record = Some(PaymentState::Intent);
            self.own().known = true;
            return confirm;
        };
        if found == PaymentState::Intent || !self.guarded_by(Guard::KeepIdFromIntent) {
            self.own().known = true;
            return confirm;
        }
        if !self.guarded_by(Guard::FencedNeverConfirms) {
            return confirm;
        }
        match known(found) {
            Some(next) => next,
            // Declined before there was an intent: nothing there to ask about.
            None if !self.own().known => Pc::Cancel,
            None => Pc::Ask,
        }
    }

    /// S2d. The answer, or a refusal that sends us to ask.
    pub(super) fn confirm(&mut self, chance: Chance) -> Pc {
        let guards = self.protocol.guards;
        if !gateway::take(guards, self.own(), Call::Confirm, chance) {
            return Pc::Ask;
        }
        self.outcome()
    }

    /// S2d. What the gateway knows.
    pub(super) fn ask(&mut self) -> Pc {
        self.outcome()
    }

    fn outcome(&self) -> Pc {
        match self.intent() {
            Intent::Held | Intent::Captured | Intent::Refunded => Pc::Keep(Outcome::Authorized),
            Intent::RequiresAction => Pc::Keep(Outcome::RequiresAction),
            Intent::Declined | Intent::Canceled | Intent::Lapsed => Pc::Keep(Outcome::Declined),
            // Not confirmed: some call is still under way, and the run fails.
            Intent::Created | Intent::None => Pc::Idle,
        }
    }

    /// S2e. A state that accepts the outcome.
    pub(super) fn keep(&mut self, outcome: Outcome) -> Pc {
        let Some(found) = self.record() else { return Pc::Idle };
        let authorization = outcome.authorization();
        if PaymentState::accepting(authorization).contains(&found) || self.wrongly_accepts(found, outcome) {
            self.own().record = Some(authorization.state());
            return match outcome {
                Outcome::Authorized => self.to_decision(),
                Outcome::Declined => Pc::Cancel,
                Outcome::RequiresAction if self.guarded_by(Guard::ConfirmAuthorized) => Pc::Idle,
                Outcome::RequiresAction => self.to_decision(),
            };
        }
        match (known(found), found) {
            (Some(Pc::Decide), _) => self.to_decision(),
            (Some(next), _) => next,
            (None, PaymentState::Declined) => Pc::Cancel,
            (None, _) => Pc::Idle,
        }
    }

    fn wrongly_accepts(&self, found: PaymentState, outcome: Outcome) -> bool {
        use PaymentState::{Authorized, Captured, Capturing, Declined};
        let hole = match (outcome, found) {
            (Outcome::Authorized, Capturing | Captured) => Guard::AuthorizedNeverUndoesCapture,
            (Outcome::Declined, Authorized) => Guard::DeclineNeverUndoesAuthorized,
            (Outcome::RequiresAction, Authorized) => Guard::ActionNeverUndoesAuthorized,
            (Outcome::RequiresAction, Declined) => Guard::ActionNeverUndoesDecline,
            (_, fenced) if fenced.is_fenced() => Guard::OutcomeNeverUnfences,
            _ => return false,
        };
        !self.guarded_by(hole)
    }

    fn to_decision(&self) -> Pc {
        if self.guarded_by(Guard::CommitAfterConfirm) { Pc::Decide } else { Pc::CommitEarly }
    }
}

/// What a record says that no gateway needs to be asked about.
fn known(record: PaymentState) -> Option<Pc> {
    if record.is_authorized() {
        Some(Pc::Decide)
    } else if record.is_fenced() {
        Some(Pc::Cancel)
    } else {
        None
    }
}
