//! What can happen in a state, and what it does.

use souk_domain::order::{OrderEvent, OrderStatus};

use crate::{
    bounds::SHARDS,
    guards::Guard,
    pc::{Claim, Pc, claims},
    protocol::Protocol,
    state::{Entry, Message, Phase, State, View},
    steps::{Ending, Run},
};

/// One thing that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// A shopper asks, for the first time or again.
    Ask(u8),
    /// An instance reads the shared item.
    Refresh(u8),
    /// A message is delivered, perhaps once more, to a worker.
    Deliver(u8, Claim),
    /// The queue loses a message for good.
    Forget(Claim),
    /// A message was received too often.
    Poison(Claim),
    /// The operator sends the dead letters to the queue again.
    Redrive(Claim),
    /// The saga confirms the order.
    Confirm(u8),
    /// The saga, a person or the time to pay cancels the order.
    Cancel(u8),
    /// A sweeper, or the saga's compensation, finds a claim that may end.
    Sweep(u8, Claim),
    /// A sweeper finds a shard that is called empty and is not.
    Repair(u8, u8),
    /// The operator closes the sale.
    CloseSale,
    /// A closing run comes to a shard.
    CloseShard(u8, u8),
    /// A sweeper finds a closed shard with units to credit.
    SweepCredit(u8, u8),
    /// Time passes.
    Tick,
    /// A run does its next step.
    Step(Run, Ending),
    /// A run is killed.
    Kill(Run),
}

impl Protocol {
    pub(crate) fn enabled(&self, state: &State, actions: &mut Vec<Action>) {
        self.requests(state, actions);
        self.queue(state, actions);
        self.orders(state, actions);
        self.keepers(state, actions);
        if self.bounds.clocks_hold && state.phase != Phase::Deadline {
            // A request lives shorter than the grace time: it is answered or was killed before.
            let asking = state.requests.iter().any(|request| request.pc != Pc::Idle);
            if state.phase == Phase::Grace || !asking {
                actions.push(Action::Tick);
            }
        }
    }

    fn requests(&self, state: &State, actions: &mut Vec<Action>) {
        for slot in 0..self.bounds.owners.len() {
            let request = state.requests[slot];
            let slot = slot as u8;
            let reads = match request.pc {
                Pc::Idle => true,
                Pc::Mark { .. } => !self.guards.has(Guard::MarkEarlyRead),
                _ => false,
            };
            if reads {
                actions.push(Action::Refresh(slot));
            }
            if request.pc != Pc::Idle {
                self.steps(Run::Request(slot), request.pc, actions);
            } else if state.phase == Phase::Admitting && request.view.empty.count_ones() < SHARDS as u32 {
                actions.push(Action::Ask(slot));
            }
        }
    }

    fn steps(&self, run: Run, pc: Pc, actions: &mut Vec<Action>) {
        actions.push(Action::Step(run, Ending::Answered));
        actions.push(Action::Kill(run));
        if self.bounds.lost_answers {
            actions.push(Action::Step(run, Ending::Lost));
        }
        let given_up = match pc {
            Pc::Probe { .. } => !self.guards.has(Guard::ClaimNeverUndone),
            Pc::Send { .. } => !self.guards.has(Guard::SendNeverUndone),
            _ => false,
        };
        if given_up {
            actions.push(Action::Step(run, Ending::GivenUp));
        }
    }

    fn queue(&self, state: &State, actions: &mut Vec<Action>) {
        for (slot, &pc) in state.workers[..self.bounds.workers].iter().enumerate() {
            if pc != Pc::Idle {
                self.steps(Run::Worker(slot as u8), pc, actions);
            }
        }
        let free = state.workers[..self.bounds.workers].iter().position(|pc| *pc == Pc::Idle);
        for claim in claims() {
            match state.message(claim) {
                Message::None => {}
                Message::Queued => {
                    actions.extend(free.map(|slot| Action::Deliver(slot as u8, claim)));
                    if self.bounds.clocks_hold {
                        actions.extend([Action::Forget(claim), Action::Poison(claim)]);
                    }
                }
                Message::InDeadLetterQueue => actions.extend([Action::Redrive(claim), Action::Forget(claim)]),
            }
        }
    }

    fn orders(&self, state: &State, actions: &mut Vec<Action>) {
        for (shopper, found) in state.shoppers.iter().enumerate() {
            let Some(order) = found.order else { continue };
            if order.status == OrderStatus::PendingPayment {
                actions.push(Action::Confirm(shopper as u8));
            }
            if order.status != OrderStatus::Cancelled {
                actions.push(Action::Cancel(shopper as u8));
            }
        }
    }

    fn keepers(&self, state: &State, actions: &mut Vec<Action>) {
        let keepers = &state.keepers[..self.bounds.keepers];
        for (slot, &pc) in keepers.iter().enumerate() {
            if pc != Pc::Idle {
                self.steps(Run::Keeper(slot as u8), pc, actions);
            }
        }
        if self.bounds.closes && !state.closing {
            actions.push(Action::CloseSale);
        }
        let Some(free) = keepers.iter().position(|pc| *pc == Pc::Idle) else { return };
        let slot = free as u8;
        actions.extend(claims().filter(|claim| self.ends(state, *claim).is_some()).map(|c| Action::Sweep(slot, c)));
        for (number, shard) in state.shards.iter().enumerate() {
            let number = number as u8;
            if self.guards.has(Guard::RepairRoom) && state.is_misnamed(number) {
                actions.push(Action::Repair(slot, number));
            }
            if state.closing && self.bounds.units[usize::from(number)] > 0 {
                actions.push(Action::CloseShard(slot, number));
                if !shard.open && self.guards.has(Guard::CreditSwept) {
                    actions.push(Action::SweepCredit(slot, number));
                }
            }
        }
    }

    /// What a sweeper, or the saga of a cancelled order, does about a claim.
    pub(crate) fn ends(&self, state: &State, claim: Claim) -> Option<Pc> {
        if state.shards[usize::from(claim.shard)].claims[usize::from(claim.shopper)] != Entry::Claimed {
            return None;
        }
        let has = |guard| self.guards.has(guard);
        match state.shoppers[usize::from(claim.shopper)].order {
            None if has(Guard::SweepOrderless) && self.may_expire(state) => {
                Some(if has(Guard::TombstoneFirst) { Pc::Tombstone(claim) } else { Pc::Release(claim) })
            }
            None => None,
            Some(order) if order.shard != claim.shard => has(Guard::SweepForeign).then(|| self.release_begins(claim)),
            Some(order) if order.status == OrderStatus::Cancelled => {
                has(Guard::SweepCancelled).then(|| self.release_begins(claim))
            }
            Some(_) => None,
        }
    }

    /// Whether claims without order may be ended. Where no clock is trusted they may be at any time: nothing but the
    /// promise to whoever was answered with 202 depends on it.
    fn may_expire(&self, state: &State) -> bool {
        if !self.bounds.clocks_hold {
            return true;
        }
        let old = state.phase >= Phase::Grace || !self.guards.has(Guard::SweepGrace);
        let drained = claims().all(|claim| state.message(claim) == Message::None);
        let late = state.phase == Phase::Deadline && self.guards.has(Guard::SweepDeadline);
        old && (drained || late || !self.guards.has(Guard::SweepDrained))
    }

    pub(crate) fn apply(&self, state: &mut State, action: Action) {
        match action {
            Action::Ask(slot) => state.requests[usize::from(slot)].pc = Pc::Probe { tried: 0 },
            Action::Refresh(slot) => {
                state.requests[usize::from(slot)].view = View { empty: state.empty, current: true };
            }
            Action::Deliver(slot, claim) => state.workers[usize::from(slot)] = Pc::Place(claim),
            Action::Forget(claim) => {
                *state.message_mut(claim) = Message::None;
                state.shoppers[usize::from(claim.shopper)].unlucky = true;
            }
            Action::Poison(claim) => *state.message_mut(claim) = Message::InDeadLetterQueue,
            Action::Redrive(claim) => *state.message_mut(claim) = Message::Queued,
            Action::Confirm(shopper) => state.decide(shopper, OrderEvent::Confirm),
            Action::Cancel(shopper) => state.decide(shopper, OrderEvent::Cancel),
            Action::Sweep(slot, claim) => {
                state.keepers[usize::from(slot)] = self.ends(state, claim).unwrap_or(Pc::Idle);
            }
            Action::Repair(slot, shard) => state.keepers[usize::from(slot)] = Pc::Repair { shard },
            Action::CloseSale => state.closing = true,
            Action::CloseShard(slot, shard) => state.keepers[usize::from(slot)] = Pc::Close { shard },
            Action::SweepCredit(slot, shard) => state.keepers[usize::from(slot)] = Pc::CreditRead { shard },
            Action::Tick => {
                state.phase = if state.phase == Phase::Admitting { Phase::Grace } else { Phase::Deadline };
            }
            Action::Step(run, ending) => self.step(state, run, ending),
            Action::Kill(run) => *run.position(state) = Pc::Idle,
        }
    }
}

impl State {
    /// Where the message about a claim is.
    pub(crate) fn message(&self, claim: Claim) -> Message {
        self.shoppers[usize::from(claim.shopper)].messages[usize::from(claim.shard)]
    }

    pub(crate) fn message_mut(&mut self, claim: Claim) -> &mut Message {
        &mut self.shoppers[usize::from(claim.shopper)].messages[usize::from(claim.shard)]
    }

    /// The order core's decision, along the domain's edges.
    pub(crate) fn decide(&mut self, shopper: u8, event: OrderEvent) {
        if let Some(order) = &mut self.shoppers[usize::from(shopper)].order {
            order.status = order.status.apply(event).unwrap_or(order.status);
        }
    }

    /// True where a shard is called empty though a unit can be claimed in it.
    pub(crate) fn is_misnamed(&self, shard: u8) -> bool {
        let found = self.shards[usize::from(shard)];
        self.empty & 1 << shard != 0 && found.open && found.left > 0
    }
}
