//! When the faults stop.
//!
//! From a state in which no run is left, time passes every deadline and the sweepers work alone, without faults,
//! until they find nothing more to do. Then all must be at rest. Whatever lay in the queues is delivered after all:
//! everything must be at rest again.
//!
//! That this one way leads to rest is enough. Every run ends (a step only goes on in the protocol), so whatever else
//! is running is over after a bounded number of steps, each of which leads to another state in which the same was
//! checked; from then on a sweeper has the item for itself.

use souk_domain::order::{OrderEvent, OrderStatus};

use crate::{
    bounds::SHARDS,
    guards::Guard,
    pc::{Pc, claims},
    protocol::Protocol,
    state::{Entry, Message, Phase, State},
    steps::{Ending, Run},
};

/// What is not at rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unrest {
    /// A unit is claimed for nobody.
    Unit,
    /// A shopper who was answered with 202 has no order in a final state.
    Intent,
    /// A shard is called empty though a unit is left.
    SoldOut,
    /// The closed sale has units that the inventory did not get back.
    Stock,
}

/// The sweepers' rounds after which nothing may be left to do.
const ROUNDS: usize = 6;

/// What is wrong once everything had time to settle.
pub(crate) fn unrest(protocol: &Protocol, mut state: State) -> Option<Unrest> {
    state.phase = Phase::Deadline;
    protocol.sweep(&mut state);
    let wrong = protocol.at_rest(&state);
    if wrong.is_some() {
        return wrong;
    }
    for claim in claims() {
        // Past its deadline a sale owes nothing to a message, but the message must do no harm.
        if state.message(claim) != Message::None {
            *state.message_mut(claim) = Message::Queued;
            protocol.drive(&mut state, Run::Worker(0), Pc::Place(claim));
        }
    }
    protocol.sweep(&mut state);
    protocol.at_rest(&state)
}

impl Protocol {
    fn sweep(&self, state: &mut State) {
        for _ in 0..ROUNDS {
            let before = *state;
            self.end_orders(state);
            for claim in claims() {
                if let Some(first) = self.ends(state, claim) {
                    self.drive(state, Run::Keeper(0), first);
                }
            }
            for shard in 0..SHARDS as u8 {
                self.sweep_shard(state, shard);
            }
            if *state == before {
                return;
            }
        }
    }

    /// The time to pay is over: the order core's own sweeper cancels what was not paid.
    fn end_orders(&self, state: &mut State) {
        for shopper in 0..state.shoppers.len() {
            if state.shoppers[shopper].order.is_some_and(|order| order.status == OrderStatus::PendingPayment) {
                state.decide(shopper as u8, OrderEvent::Cancel);
            }
        }
    }

    fn sweep_shard(&self, state: &mut State, shard: u8) {
        if self.guards.has(Guard::RepairRoom) && state.is_misnamed(shard) {
            self.drive(state, Run::Keeper(0), Pc::Repair { shard });
        }
        if state.closing && state.shards[usize::from(shard)].open && self.bounds.units[usize::from(shard)] > 0 {
            self.drive(state, Run::Keeper(0), Pc::Close { shard });
        }
        if !state.shards[usize::from(shard)].open && self.guards.has(Guard::CreditSwept) {
            self.drive(state, Run::Keeper(0), Pc::CreditRead { shard });
        }
    }

    /// One run, alone and without faults, to its end.
    fn drive(&self, state: &mut State, run: Run, first: Pc) {
        *run.position(state) = first;
        // No run of these has more steps.
        for _ in 0..8 {
            if *run.position(state) == Pc::Idle {
                return;
            }
            self.step(state, run, Ending::Answered);
        }
        *run.position(state) = Pc::Idle;
    }

    fn at_rest(&self, state: &State) -> Option<Unrest> {
        let stranded = claims().any(|claim| {
            let entry = state.shards[usize::from(claim.shard)].claims[usize::from(claim.shopper)];
            let order = state.living_order(usize::from(claim.shopper));
            entry == Entry::Claimed && order.is_none_or(|order| order.shard != claim.shard)
        });
        let forgotten = state.shoppers.iter().any(|shopper| shopper.accepted && shopper.order.is_none());
        let closed = |n: usize| {
            let shard = state.shards[n];
            // A shard without units stands for those of a larger sale that others emptied: nobody closes it.
            self.bounds.units[n] == 0 || (!shard.open && shard.left == 0 && shard.credited == shard.drained)
        };
        if stranded {
            Some(Unrest::Unit)
        } else if forgotten {
            Some(Unrest::Intent)
        } else if (0..SHARDS as u8).any(|shard| state.is_misnamed(shard)) {
            Some(Unrest::SoldOut)
        } else if state.closing && !(0..SHARDS).all(closed) {
            Some(Unrest::Stock)
        } else {
            None
        }
    }
}
