use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use quick_cache::sync::Cache;
use souk_domain::{
    flash_sale::{ClaimEntry, FlashSaleStatus, ShopperKey},
    ids::{FlashSaleId, WarehouseId},
};
use souk_dynamo::StoreError;

use super::{ShardRecord, Shards};
use crate::{ClaimCost, FlashSaleSnapshot};

/// Between two readings of the same shard: units that come back and are sold again make knowledge old.
const MIN_INTERVAL: SignedDuration = SignedDuration::from_secs(5);
/// Of how many sales a warm function keeps the claims in mind.
const SALES: usize = 4;

/// Who has claims in the shards that nobody asks any more, because they are known to be empty.
///
/// A shopper whose answer was lost asks again, perhaps when the shard that holds their claim has been
/// emptied. They must hear of that claim and not get a second unit; the others must not cost a read
/// each. So a warm function reads each emptied shard once, and answers all of them from memory.
#[derive(Debug)]
pub(super) struct Claimants {
    sales: Cache<FlashSaleId, Arc<Mutex<Known>>>,
}

#[derive(Debug, Default)]
struct Known {
    shards: HashMap<u32, Reading>,
    claims: HashMap<ShopperKey, KnownClaim>,
}

/// When and under what a shard was read. No claim can have been added since while epoch and status are
/// the same.
#[derive(Debug, Clone, Copy)]
struct Reading {
    epoch: u64,
    status: FlashSaleStatus,
    at: Timestamp,
}

/// A claim as a shard holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KnownClaim {
    pub(super) shard: u32,
    pub(super) warehouse_id: WarehouseId,
    pub(super) entry: ClaimEntry,
}

impl Claimants {
    pub(super) fn new() -> Self {
        Self { sales: Cache::new(SALES) }
    }

    /// The shopper's claim in one of these shards, which are empty or closed.
    pub(super) async fn find(
        &self,
        shards: &Shards,
        snapshot: &FlashSaleSnapshot,
        among: &[u32],
        shopper: &ShopperKey,
        now: Timestamp,
        cost: &mut ClaimCost,
    ) -> Result<Option<KnownClaim>, StoreError> {
        if among.is_empty() {
            return Ok(None);
        }
        let sale_id = &snapshot.sale.sale_id;
        let known = self.sales.get_or_insert_with(sale_id, || Ok::<_, StoreError>(Arc::default()))?;
        let reading = Reading { epoch: snapshot.room.epoch, status: snapshot.room.status, at: now };
        let unread = lock(&known).unread(among, reading);
        if !unread.is_empty() {
            cost.round_trips += 1;
            cost.reads += u32::try_from(unread.len()).unwrap_or(u32::MAX);
            let read = shards.many(sale_id, unread).await?;
            lock(&known).insert(read, reading);
        }
        Ok(lock(&known).claims.get(shopper).cloned())
    }
}

impl Known {
    fn unread(&self, among: &[u32], now: Reading) -> Vec<u32> {
        among.iter().copied().filter(|shard| self.shards.get(shard).is_none_or(|known| known.is_old(now))).collect()
    }

    fn insert(&mut self, read: Vec<ShardRecord>, reading: Reading) {
        for shard in read {
            self.shards.insert(shard.number, reading);
            for (shopper, entry) in shard.claims {
                let found = KnownClaim { shard: shard.number, warehouse_id: shard.warehouse_id.clone(), entry };
                let kept = self.claims.entry(shopper).or_insert_with(|| found.clone());
                // A shopper may have two for a moment, or had one before: the one that stands is theirs.
                if kept.shard == found.shard || kept.entry == ClaimEntry::GivenBack {
                    *kept = found;
                }
            }
        }
    }
}

impl Reading {
    fn is_old(self, now: Self) -> bool {
        // Shards are being closed one by one: the last claims may come in until that is done.
        let same = self.epoch == now.epoch && self.status == now.status && now.status != FlashSaleStatus::Closing;
        !same && now.at.duration_since(self.at) >= MIN_INTERVAL
    }
}

fn lock(known: &Mutex<Known>) -> MutexGuard<'_, Known> {
    known.lock().unwrap_or_else(PoisonError::into_inner)
}
