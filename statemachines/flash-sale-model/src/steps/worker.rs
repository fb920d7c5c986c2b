//! Orders: the worker's, and the sweeper's tombstones.

use souk_domain::order::OrderStatus;

use super::{Run, Step};
use crate::{
    guards::Guard,
    pc::{Claim, Pc},
    state::{Message, Order, Phase, Sin},
};

impl Step<'_> {
    pub(super) fn place(&mut self, claim: Claim) -> Pc {
        if !self.guarded_by(Guard::OrderBeforeAck) {
            self.acknowledge(claim);
            return Pc::PlaceLate(claim);
        }
        self.put_pending(claim)
    }

    pub(super) fn place_late(&mut self, claim: Claim) -> Pc {
        self.put_pending(claim)
    }

    fn put_pending(&mut self, claim: Claim) -> Pc {
        let order = Order { status: OrderStatus::PendingPayment, shard: claim.shard };
        let release = match self.put_order(claim.shopper, order, Guard::PlaceAbsent) {
            None => false,
            Some(old) => {
                (old.shard != claim.shard && self.guarded_by(Guard::ReleaseForeign))
                    || (old.status == OrderStatus::Cancelled && self.guarded_by(Guard::ReleaseCancelled))
                    || !self.guarded_by(Guard::ReleaseGround)
            }
        };
        if release { self.begin_release(claim) } else { Pc::Acknowledge(claim) }
    }

    /// The message goes. A copy that stays is a worker that was killed just before.
    pub(super) fn acknowledge(&mut self, claim: Claim) -> Pc {
        let message = &mut self.state.shoppers[usize::from(claim.shopper)].messages[usize::from(claim.shard)];
        if *message == Message::Queued {
            *message = Message::None;
        }
        Pc::Idle
    }

    /// The order that will never be: cancelled from the start, so that a late message finds it.
    pub(super) fn tombstone(&mut self, claim: Claim) -> Pc {
        let shopper = self.state.shoppers[usize::from(claim.shopper)];
        let duly = shopper.unlucky || self.state.phase == Phase::Deadline || !self.protocol.bounds.clocks_hold;
        let order = Order { status: OrderStatus::Cancelled, shard: claim.shard };
        match self.put_order(claim.shopper, order, Guard::TombstoneAbsent) {
            None => {
                if shopper.accepted && !duly {
                    self.state.sins.commit(Sin::ExpiredUnduly);
                }
                self.begin_release(claim)
            }
            Some(old) if old.is_ground(claim.shard) || !self.guarded_by(Guard::TombstoneReadsOrder) => {
                self.begin_release(claim)
            }
            Some(_) => Pc::Idle,
        }
    }

    /// Where a worker goes on once a claim is released, or need not be.
    pub(super) fn after_release(&self, claim: Claim) -> Pc {
        match self.run {
            Run::Worker(_) => Pc::Acknowledge(claim),
            Run::Request(_) | Run::Keeper(_) => Pc::Idle,
        }
    }
}

impl Order {
    /// True where the order lets a claim in this shard go. Once true, it stays so.
    pub fn is_ground(self, shard: u8) -> bool {
        self.status == OrderStatus::Cancelled || self.shard != shard
    }
}
