//! The sale's end: each shard is closed and drained, and what it drained goes back to the inventory.

use super::Step;
use crate::{guards::Guard, pc::Pc, state::Sin};

impl Step<'_> {
    pub(super) fn close(&mut self, number: u8) -> Pc {
        let left = self.shard(number).left;
        if !self.guarded_by(Guard::CloseOneWrite) {
            return Pc::CloseAsRead { shard: number, left: left.cast_unsigned() };
        }
        self.drain(number, left)
    }

    pub(super) fn close_as_read(&mut self, number: u8, left: u8) -> Pc {
        self.drain(number, left.cast_signed())
    }

    fn drain(&mut self, number: u8, left: i8) -> Pc {
        let guards = self.protocol.guards;
        let shard = self.shard(number);
        if shard.open || !guards.has(Guard::CloseOpen) {
            shard.open = !guards.has(Guard::CloseFence);
            shard.drained += left;
            if guards.has(Guard::CloseEmpties) {
                shard.left = 0;
            }
        }
        Pc::CreditRead { shard: number }
    }

    pub(super) fn credit_read(&mut self, shard: u8) -> Pc {
        let drained = self.shard(shard).drained.cast_unsigned();
        Pc::CreditCompare { shard, drained }
    }

    pub(super) fn credit_compare(&mut self, shard: u8, drained: u8) -> Pc {
        let returned = self.shard(shard).returned.cast_unsigned();
        let more = drained > returned || !self.guarded_by(Guard::CreditForward);
        if more && drained != returned { Pc::Credit { shard, drained, returned } } else { Pc::Idle }
    }

    /// One transaction of the inventory: the record becomes the cumulative value, the stock gains the difference.
    pub(super) fn credit(&mut self, number: u8, drained: u8, returned: u8) -> Pc {
        let guards = self.protocol.guards;
        let (drained, returned) = (drained.cast_signed(), returned.cast_signed());
        let shard = self.shard(number);
        if shard.returned != returned && guards.has(Guard::CreditAsRead) {
            // Somebody else credits: the next run reads again.
            return Pc::Idle;
        }
        let gain = if guards.has(Guard::CreditCumulative) { drained - returned } else { drained };
        shard.returned = drained;
        shard.credited += gain;
        if gain < 0 {
            self.state.sins.commit(Sin::CreditTakenBack);
        }
        Pc::Idle
    }
}
