use souk_domain::{
    flash_sale::{ClaimEntry, ShardState, ShopperKey},
    ids::FlashSaleId,
};
use souk_dynamo::StoreError;

use super::Shards;

/// A sale's units as its shards hold them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ShardTotals {
    /// Units that are claimed and were not given back.
    pub claimed: u32,
    /// Claims that were given back.
    pub returned: u32,
    /// Units that can be claimed.
    pub left: u32,
    /// Units that went back to stock.
    pub drained: u32,
    /// Shards that sell.
    pub open_shards: u32,
}

impl ShardTotals {
    /// All units of the sale, wherever they are: always what it was defined with.
    pub fn units(&self) -> u32 {
        self.claimed + self.left + self.drained
    }
}

impl Shards {
    /// Everybody who has ever claimed in a sale, each once. It reads every shard.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn claimants(&self, sale_id: &FlashSaleId, shards: u32) -> Result<Vec<ShopperKey>, StoreError> {
        let read = self.many(sale_id, 0..shards).await?;
        let mut claimants: Vec<_> = read.into_iter().flat_map(|shard| shard.claims.into_keys()).collect();
        claimants.sort_unstable();
        claimants.dedup();
        Ok(claimants)
    }

    /// Counts a sale's claims and units for whoever watches it. It reads every shard.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn watch(&self, sale_id: &FlashSaleId, shards: u32) -> Result<ShardTotals, StoreError> {
        let mut totals = ShardTotals::default();
        for shard in self.many(sale_id, 0..shards).await? {
            let units = shard.units();
            totals.claimed += units.claimed;
            totals.left += units.left;
            totals.drained += units.drained;
            let given_back = shard.claims.values().filter(|entry| **entry == ClaimEntry::GivenBack);
            totals.returned += u32::try_from(given_back.count()).unwrap_or(u32::MAX);
            totals.open_shards += u32::from(shard.state == ShardState::Open);
        }
        Ok(totals)
    }
}
