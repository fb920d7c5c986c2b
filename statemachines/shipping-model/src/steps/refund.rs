//! Refunds: the record's and the gateway's are made to agree.

use souk_domain::payment::PaymentState;

use super::{Chance, Step, captured, gateway};
use crate::{
    guards::{Guard, Guards},
    refunds::{ALL, CONSOLE, Refunds, Standing},
    state::Pc,
};

impl Step<'_> {
    /// Refund 2. The record was read before.
    pub(super) fn list(&mut self) -> Pc {
        let (mine, there) = (self.state.record.refunds, self.state.gateway.refunds);
        if self.has(Guard::ListAfterRecord) {
            self.own().told = there;
        } else {
            (self.own().read, self.own().fresh) = (mine, true);
        }
        self.go_on_making()
    }

    fn go_on_making(&mut self) -> Pc {
        if self.next_unheard().is_some() { Pc::Make } else { Pc::Learn }
    }

    /// The next refund that is wanted and of which the gateway tells nothing.
    fn next_unheard(&mut self) -> Option<(u8, u8)> {
        let untold = self.has(Guard::MakeUntold);
        let run = *self.own();
        let wanted = run.read.iter().filter(|(_, standing, _)| *standing == Standing::Pending);
        let unheard = wanted.filter(|(id, ..)| run.told.get(*id).is_none() || (!untold && run.made & (1 << id) == 0));
        unheard.map(|(id, _, amount)| (id, amount)).find(|(id, _)| run.refused & (1 << id) == 0)
    }

    /// Refund 2. What was made is told, what was refused is remembered.
    pub(super) fn make(&mut self, chance: Chance) -> Pc {
        let Some((id, amount)) = self.next_unheard() else { return Pc::Learn };
        let known = self.state.gateway.refunds.get(id).is_some();
        let refuses = chance == Chance::Refuses && !known;
        if !refuses && gateway::refund(self.protocol.guards, self.state, id, amount) {
            if let Some((standing, amount)) = self.state.gateway.refunds.get(id) {
                self.own().told.set(id, standing, amount);
            }
            self.own().made |= 1 << id;
        } else {
            self.own().refused |= 1 << id;
        }
        self.go_on_making()
    }

    /// Refund 3. Captured or refunded, and the record is as it was read.
    pub(super) fn learn(&mut self) -> Pc {
        let run = *self.own();
        let Some(captured) = captured(&self.state.record) else { return Pc::Idle };
        if !run.fresh && self.has(Guard::LearnAsRead) {
            return Pc::Idle;
        }
        let refused = if self.has(Guard::LearnRefusals) { run.refused } else { 0 };
        let next = learned(self.protocol.guards, run.read, run.told, refused);
        // More than was taken: nothing is written, and a person must look.
        if next.refunded() <= captured && next != self.state.record.refunds {
            self.keep_refunds(next);
        }
        Pc::Idle
    }
}

/// The refunds that were read, with all that the gateway tells, and what it refused among them.
pub(super) fn learned(guards: Guards, read: Refunds, told: Refunds, refused: u8) -> Refunds {
    let mut next = read;
    for id in 0..ALL {
        match (read.get(id), told.get(id)) {
            (Some((Standing::Pending, amount)), None) if refused & (1 << id) != 0 => {
                next.set(id, Standing::Failed, amount);
            }
            (Some((Standing::Succeeded, _)), Some((Standing::Failed, _))) if !guards.has(Guard::LearnFailures) => {}
            (None, Some(_)) if id == CONSOLE && !guards.has(Guard::LearnStrangers) => {}
            (_, Some((standing, amount))) => next.set(id, standing, amount),
            (_, None) => {}
        }
    }
    next
}

/// True where a refund of this amount may be written down.
pub(crate) fn may_be_asked(guards: Guards, state: &crate::state::State, amount: u8) -> bool {
    let was_taken = match state.record.state {
        PaymentState::Captured | PaymentState::Refunded => true,
        _ => !guards.has(Guard::AskCaptured),
    };
    let left = state.record.captured.saturating_sub(state.record.refunds.refunded());
    was_taken && amount > 0 && (amount <= left || !guards.has(Guard::AskWithin))
}
