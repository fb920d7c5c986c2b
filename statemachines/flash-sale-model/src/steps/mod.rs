//! The steps of a run: each is one read or one write of one item, or one send.

mod close;
mod release;
mod request;
mod room;
mod worker;

use crate::{
    guards::Guard,
    pc::{Claim, Pc},
    protocol::Protocol,
    state::{Entry, Order, Shard, Sin, State},
};

/// Who does a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Run {
    Request(u8),
    Worker(u8),
    Keeper(u8),
}

/// How a step ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Its answer comes.
    Answered,
    /// Its answer is lost after its effect; the client library repeats it blindly.
    Lost,
    /// Its answer is lost, and the function takes the claim for unmade. Only where a guard is off.
    GivenUp,
}

/// One step of one run: the state, and whose.
pub(crate) struct Step<'a> {
    pub protocol: &'a Protocol,
    pub state: &'a mut State,
    pub run: Run,
    pub ending: Ending,
}

impl Step<'_> {
    /// Does what this position says and tells the next one.
    fn take(mut self, pc: Pc) -> Pc {
        match pc {
            Pc::Idle => Pc::Idle,
            Pc::Probe { tried } => self.probe(tried),
            Pc::Enter { shard } => self.enter(shard),
            Pc::Mark { shard, mine, tried } => self.mark(shard, mine, tried),
            Pc::Send { shard } => self.send(shard),
            Pc::SendLate { shard } => self.send_late(shard),
            Pc::Undo { shard } => self.undo(shard),
            Pc::Place(claim) => self.place(claim),
            Pc::PlaceLate(claim) => self.place_late(claim),
            Pc::Acknowledge(claim) => self.acknowledge(claim),
            Pc::Tombstone(claim) => self.tombstone(claim),
            Pc::UnmarkEarly(claim) => self.unmark_early(claim),
            Pc::ReleaseUnit(claim) => self.release_unit(claim),
            Pc::Release(claim) => self.release(claim),
            Pc::Unmark(claim) => self.unmark(claim),
            Pc::Repair { shard } => self.repair(shard),
            Pc::Close { shard } => self.close(shard),
            Pc::CloseAsRead { shard, left } => self.close_as_read(shard, left),
            Pc::CreditRead { shard } => self.credit_read(shard),
            Pc::CreditCompare { shard, drained } => self.credit_compare(shard, drained),
            Pc::Credit { shard, drained, returned } => self.credit(shard, drained, returned),
        }
    }

    fn guarded_by(&self, guard: Guard) -> bool {
        self.protocol.guards.has(guard)
    }

    fn shard(&mut self, shard: u8) -> &mut Shard {
        &mut self.state.shards[usize::from(shard)]
    }

    fn entry(&mut self, claim: Claim) -> &mut Entry {
        &mut self.state.shards[usize::from(claim.shard)].claims[usize::from(claim.shopper)]
    }

    /// Puts an order, where there is none or that is not asked. The order that won, otherwise.
    fn put_order(&mut self, shopper: u8, order: Order, absent: Guard) -> Option<Order> {
        let old = self.state.shoppers[usize::from(shopper)].order;
        if old.is_some() && self.guarded_by(absent) {
            return old;
        }
        if old.is_some_and(|old| old != order) {
            self.state.sins.commit(Sin::OrderLost);
        }
        self.state.shoppers[usize::from(shopper)].order = Some(order);
        None
    }
}

impl Protocol {
    /// Does a run's next step.
    pub(crate) fn step(&self, state: &mut State, run: Run, ending: Ending) {
        let before = *run.position(state);
        let next = Step { protocol: self, state, run, ending }.take(before);
        if ending == Ending::Lost {
            return;
        }
        if next != Pc::Idle && next.rank() <= before.rank() {
            state.sins.commit(Sin::WentBack);
        }
        *run.position(state) = next;
    }
}

impl Run {
    /// Where it stands.
    pub(crate) fn position(self, state: &mut State) -> &mut Pc {
        match self {
            Self::Request(slot) => &mut state.requests[usize::from(slot)].pc,
            Self::Worker(slot) => &mut state.workers[usize::from(slot)],
            Self::Keeper(slot) => &mut state.keepers[usize::from(slot)],
        }
    }
}
