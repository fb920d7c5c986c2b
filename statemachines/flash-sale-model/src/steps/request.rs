//! A shopper's request: claim, tell of an empty shard, send, 202.

use super::{Ending, Run, Step};
use crate::{
    bounds::SHARDS,
    guards::Guard,
    pc::Pc,
    state::{Entry, Message, Shopper, View},
};

impl Step<'_> {
    fn slot(&self) -> usize {
        match self.run {
            Run::Request(slot) | Run::Worker(slot) | Run::Keeper(slot) => usize::from(slot),
        }
    }

    fn owner(&self) -> usize {
        usize::from(self.protocol.bounds.owners[self.slot()])
    }

    fn view(&mut self) -> &mut View {
        let slot = self.slot();
        &mut self.state.requests[slot].view
    }

    fn asker(&mut self) -> &mut Shopper {
        let owner = self.owner();
        &mut self.state.shoppers[owner]
    }

    /// The home shard, then the others, without those that were tried or are known to be empty.
    fn next_shard(&mut self, tried: u8) -> Option<u8> {
        let home = self.protocol.bounds.homes[self.owner()];
        let known = self.view().empty;
        (0..SHARDS as u8).map(|n| (home + n) % SHARDS as u8).find(|shard| (tried | known) & 1 << shard == 0)
    }

    /// One conditional update: the counter and the entry.
    pub(super) fn probe(&mut self, tried: u8) -> Pc {
        let Some(number) = self.next_shard(tried) else {
            // Sold out where each shard is known or was found to be empty; try again, otherwise. Neither writes.
            return Pc::Idle;
        };
        let owner = self.owner();
        let guards = self.protocol.guards;
        let tried = if guards.has(Guard::ProbeOnce) { tried | 1 << number } else { tried };
        let shard = self.shard(number);
        let mine = shard.claims[owner];
        let fits = (shard.open || !guards.has(Guard::ClaimOpen))
            && (shard.left > 0 || !guards.has(Guard::ClaimLeft))
            && (mine != Entry::Claimed || !guards.has(Guard::ClaimOnce))
            && (mine != Entry::Returned || !guards.has(Guard::ClaimNotAgain));
        if fits {
            shard.left -= 1;
            if !guards.has(Guard::ClaimOneWrite) {
                return Pc::Enter { shard: number };
            }
            shard.claims[owner] = Entry::Claimed;
            let left = shard.left;
            return match left {
                _ if self.ending == Ending::GivenUp => Pc::Undo { shard: number },
                0 => Pc::Mark { shard: number, mine: true, tried },
                _ => Pc::Send { shard: number },
            };
        }
        match mine {
            Entry::Claimed => Pc::Send { shard: number },
            // The intent is answered from its order.
            Entry::Returned => Pc::Idle,
            Entry::Absent if shard.open => Pc::Mark { shard: number, mine: false, tried },
            Entry::Absent => Pc::Probe { tried },
        }
    }

    pub(super) fn enter(&mut self, shard: u8) -> Pc {
        let owner = self.owner();
        self.shard(shard).claims[owner] = Entry::Claimed;
        Pc::Send { shard }
    }

    /// The shard joins the set of the empty ones, if the epoch still is the one of the view.
    pub(super) fn mark(&mut self, shard: u8, mine: bool, tried: u8) -> Pc {
        let current = self.view().current || !self.guarded_by(Guard::MarkEpoch);
        if current {
            self.state.empty |= 1 << shard;
        }
        if self.ending == Ending::Lost {
            // Repeated as it was, with the epoch that it had.
            return Pc::Idle;
        }
        if current {
            self.view().empty |= 1 << shard;
        } else {
            // A unit came back somewhere: the set is read again, and what is new in it is not probed.
            let empty = self.state.empty;
            *self.view() = View { empty, current: true };
        }
        if mine { Pc::Send { shard } } else { Pc::Probe { tried } }
    }

    pub(super) fn send(&mut self, shard: u8) -> Pc {
        if !self.guarded_by(Guard::AnswerAfterSend) {
            self.accept();
            return Pc::SendLate { shard };
        }
        self.asker().messages[usize::from(shard)] = Message::Queued;
        match self.ending {
            Ending::Answered => self.accept(),
            Ending::Lost => {}
            Ending::GivenUp => return Pc::Undo { shard },
        }
        Pc::Idle
    }

    fn accept(&mut self) {
        self.asker().accepted = self.protocol.bounds.clocks_hold;
    }

    pub(super) fn send_late(&mut self, shard: u8) -> Pc {
        self.asker().messages[usize::from(shard)] = Message::Queued;
        Pc::Idle
    }

    /// What the protocol never does: the send, or another request, may rely on the claim.
    pub(super) fn undo(&mut self, number: u8) -> Pc {
        let owner = self.owner();
        let shard = self.shard(number);
        if shard.claims[owner] == Entry::Claimed {
            shard.claims[owner] = Entry::Absent;
            shard.left += 1;
        }
        Pc::Idle
    }
}
