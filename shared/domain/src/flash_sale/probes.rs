use super::{MIN_SHARDS, ShopperKey};
use crate::ids::{FlashSaleId, digest};

/// How many shards one request may try. A small sale can be searched through; in a large one a thousand
/// warm functions that each learnt of hundreds of empty shards would write hundreds of thousands of
/// times for nothing, so the answer after this many is "try again", never "sold out".
pub fn probe_limit(shard_count: u32) -> usize {
    if shard_count <= MIN_SHARDS { MIN_SHARDS as usize } else { 4 }
}

/// The order in which a shopper tries the shards of a sale: their home, then the others, each once. It is
/// always the same, so a repeated request finds the claim where the first one made it. The stride is
/// the shopper's own too: those whose home is empty do not all crowd into the shard beside it.
pub fn probes(sale: &FlashSaleId, shopper: &ShopperKey, shard_count: u32) -> Probes {
    let hash = digest(&["shard", sale.as_str(), shopper.as_str()]);
    let number = |at: usize| u64::from_be_bytes(std::array::from_fn(|byte| hash[at + byte]));
    let count = u64::from(shard_count.max(1));
    let stride = 1 + number(8) % count;
    let coprime = (stride..).find(|stride| gcd(*stride, count) == 1).unwrap_or(1);
    Probes { next: number(0) % count, stride: coprime, count, left: shard_count }
}

/// See [`probes`].
#[derive(Debug, Clone)]
pub struct Probes {
    next: u64,
    stride: u64,
    count: u64,
    left: u32,
}

impl Iterator for Probes {
    type Item = u32;
    fn next(&mut self) -> Option<u32> {
        self.left = self.left.checked_sub(1)?;
        let shard = self.next;
        self.next = (self.next + self.stride) % self.count;
        u32::try_from(shard).ok()
    }
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
