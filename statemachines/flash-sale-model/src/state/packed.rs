//! The state in a few words, for hashing, and in one order where shoppers or runs are alike.

use std::{
    cmp::Reverse,
    hash::{Hash, Hasher},
};

use super::{Request, Shard, Shopper, State};
use crate::bounds::Bounds;

impl State {
    /// Runs of one kind are alike, so which of them stands where does not matter. Those that stand nowhere are last.
    pub fn sort_runs(&mut self, owners: &[u8]) {
        self.workers.sort_unstable_by_key(|pc| Reverse(pc.code()));
        self.keepers.sort_unstable_by_key(|pc| Reverse(pc.code()));
        for (first, second) in [(0, 1), (1, 2), (0, 1)] {
            let alike = second < owners.len() && owners[first] == owners[second];
            if alike && self.requests[first].code() > self.requests[second].code() {
                self.requests.swap(first, second);
            }
        }
    }

    /// Two shoppers of one home with one request each are alike, so which of them is first does not matter.
    pub fn sort_shoppers(&mut self, bounds: &Bounds) {
        if bounds.owners != [0, 1] || bounds.homes[0] != bounds.homes[1] {
            return;
        }
        let mut swapped = *self;
        swapped.shoppers.swap(0, 1);
        swapped.requests.swap(0, 1);
        for shard in &mut swapped.shards {
            shard.claims.swap(0, 1);
        }
        for pc in swapped.workers.iter_mut().chain(&mut swapped.keepers) {
            if let Some(claim) = pc.claim_mut() {
                claim.shopper ^= 1;
            }
        }
        swapped.sort_runs(bounds.owners);
        if swapped.words() < self.words() {
            *self = swapped;
        }
    }

    /// No two states have the same words.
    fn words(&self) -> [u64; 6] {
        let [first, second] = self.shards.map(Shard::word);
        let [one, other] = self.shoppers.map(Shopper::word);
        let [a, b, c] = self.requests.map(Request::code);
        let [d, e] = self.workers.map(|pc| u64::from(pc.code()));
        let [f, g] = self.keepers.map(|pc| u64::from(pc.code()));
        let rest = [self.empty, self.phase as u8, self.closing.into(), self.sins.0];
        [
            first,
            second,
            u64::from(one) << 16 | u64::from(other),
            u64::from(a) << 32 | u64::from(b),
            u64::from(c) << 32 | u64::from(u32::from_be_bytes(rest)),
            d << 48 | e << 32 | f << 16 | g,
        ]
    }
}

impl Shard {
    fn word(self) -> u64 {
        let [a, b] = self.claims.map(|entry| entry as u8);
        let flags = u8::from(self.open) | u8::from(self.owed) << 1 | a << 2 | b << 4;
        let [left, drained, returned, credited] =
            [self.left, self.drained, self.returned, self.credited].map(|n| u64::from(n.cast_unsigned()));
        left << 32 | drained << 24 | returned << 16 | credited << 8 | u64::from(flags)
    }
}

impl Shopper {
    fn word(self) -> u16 {
        let order = self.order.map_or(0xff, |order| (order.status as u8) << 1 | order.shard);
        let [a, b] = self.messages.map(|message| message as u8);
        let flags = u8::from(self.accepted) | u8::from(self.unlucky) << 1 | a << 2 | b << 4;
        u16::from(order) << 8 | u16::from(flags)
    }
}

impl Request {
    fn code(self) -> u32 {
        u32::from(self.pc.code()) << 8 | u32::from(self.view.empty) << 1 | u32::from(self.view.current)
    }
}

impl Hash for State {
    /// Packed: hashing is most of the checker's work.
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        for word in self.words() {
            hasher.write_u64(word);
        }
    }
}
