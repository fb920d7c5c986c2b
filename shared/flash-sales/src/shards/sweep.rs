use jiff::Timestamp;
use souk_domain::{
    flash_sale::{ClaimEntry, ShardState, ShopperKey},
    ids::{FlashSaleId, WarehouseId},
};
use souk_dynamo::StoreError;

use super::{Shards, record::ShardRecord};

/// How many shards one page of a sweep reads: one BatchGetItem.
const PAGE: u32 = 100;

/// A claim whose order should be there by now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaleClaim {
    /// In which shard.
    pub shard: u32,
    /// Where that shard's units lie.
    pub warehouse_id: WarehouseId,
    /// Whose.
    pub shopper: ShopperKey,
    /// When it was made, to the second.
    pub claimed_at: Timestamp,
}

/// Some stale claims of a sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaleClaims {
    /// The claims.
    pub claims: Vec<StaleClaim>,
    /// The shard with which the next page begins; `None` on the last one.
    pub next: Option<u32>,
}

impl Shards {
    /// The claims that were made from `since` to before `before`, in a page of the shards from number
    /// `from` on. Claims that became orders stay in their shards, so a sweeper that has judged all
    /// claims before some moment begins there the next time.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn stale_claims(
        &self,
        sale_id: &FlashSaleId,
        shards: u32,
        from: u32,
        since: Timestamp,
        before: Timestamp,
    ) -> Result<StaleClaims, StoreError> {
        let end = shards.min(from.saturating_add(PAGE));
        let mut claims = Vec::new();
        for shard in self.many(sale_id, from..end).await? {
            let ShardRecord { number, warehouse_id, claims: made, .. } = shard;
            for (shopper, entry) in made {
                let ClaimEntry::Claimed(at) = entry else { continue };
                let claimed_at = Timestamp::from_second(at.into()).map_err(StoreError::corrupt)?;
                if (since..before).contains(&claimed_at) {
                    claims.push(StaleClaim { shard: number, warehouse_id: warehouse_id.clone(), shopper, claimed_at });
                }
            }
        }
        Ok(StaleClaims { claims, next: (end < shards).then_some(end) })
    }

    /// Repairs what a release left that died between its two writes: a shard that passes for empty and
    /// has a unit. Returns the numbers of the shards that sell again.
    ///
    /// # Errors
    /// [`StoreError`] where some may remain; repeating is safe.
    pub async fn repair_empty_marks(&self, sale_id: &FlashSaleId) -> Result<Vec<u32>, StoreError> {
        let Some(room) = self.sales.room(sale_id).await? else { return Ok(Vec::new()) };
        let mut repaired = Vec::new();
        for shard in self.many(sale_id, room.empty.iter().copied()).await? {
            if shard.left > 0 && shard.state == ShardState::Open {
                self.sales.unmark_empty(sale_id, shard.number).await?;
                repaired.push(shard.number);
            }
        }
        Ok(repaired)
    }
}
