//! A claim's way back to its shard.

use super::Step;
use crate::{
    guards::Guard,
    pc::{Claim, Pc},
    protocol::Protocol,
    state::Entry,
};

impl Step<'_> {
    pub(super) fn begin_release(&self, claim: Claim) -> Pc {
        self.protocol.release_begins(claim)
    }

    pub(super) fn release_unit(&mut self, claim: Claim) -> Pc {
        if *self.entry(claim) == Entry::Claimed {
            self.shard(claim.shard).left += 1;
        }
        Pc::Release(claim)
    }

    /// One conditional update: the counter and the entry, which stays as a mark.
    pub(super) fn release(&mut self, claim: Claim) -> Pc {
        let guards = self.protocol.guards;
        let claimed = *self.entry(claim) == Entry::Claimed;
        let again = *self.entry(claim) == Entry::Returned && !guards.has(Guard::ReleaseOnce);
        if !claimed && !again {
            return self.after_release(claim);
        }
        *self.entry(claim) = Entry::Returned;
        if !guards.has(Guard::ReleaseOneWrite) {
            return Pc::Unmark(claim);
        }
        let shard = self.shard(claim.shard);
        if shard.open || !guards.has(Guard::ReleaseOpen) {
            shard.left += 1;
            shard.owed = guards.has(Guard::RoomAfterShard);
            return if guards.has(Guard::RoomAfterShard) { Pc::Unmark(claim) } else { self.after_release(claim) };
        }
        if guards.has(Guard::ReleaseDrains) {
            shard.drained += 1;
        }
        self.after_release(claim)
    }

    /// The shared item hears that the shard has a unit again.
    pub(super) fn unmark(&mut self, claim: Claim) -> Pc {
        self.withdraw(claim.shard, self.guarded_by(Guard::RaiseEpoch), self.guarded_by(Guard::UnmarkEmpty));
        self.after_release(claim)
    }

    pub(super) fn unmark_early(&mut self, claim: Claim) -> Pc {
        self.withdraw(claim.shard, true, true);
        Pc::Release(claim)
    }

    /// The sweeper's step where a release died before it unmarked its shard.
    pub(super) fn repair(&mut self, shard: u8) -> Pc {
        self.withdraw(shard, self.guarded_by(Guard::RepairEpoch), true);
        Pc::Idle
    }
}

impl Protocol {
    /// The first step of a release.
    pub(crate) fn release_begins(&self, claim: Claim) -> Pc {
        if !self.guards.has(Guard::RoomAfterShard) {
            Pc::UnmarkEarly(claim)
        } else if self.guards.has(Guard::ReleaseOneWrite) {
            Pc::Release(claim)
        } else {
            Pc::ReleaseUnit(claim)
        }
    }
}
