use std::collections::BTreeMap;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use souk_domain::{
    flash_sale::ShardState,
    ids::{FlashSaleId, WarehouseId},
};
use souk_dynamo::{Outcome, StoreError, Update, attribute, n, s};

use super::{
    AT_ONCE, Shards, key,
    record::{ShardRecord, stored},
};

/// How closing a shard ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum CloseShardOutcome {
    /// It sells no more.
    Closed,
    /// It was closed before.
    AlreadyClosed,
}

/// What a shard has given back to stock since the beginning. It never falls, so it can be sent
/// to stock any number of times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShardReturns {
    /// Where the units lie.
    pub warehouse_id: WarehouseId,
    /// How many.
    pub drained: u32,
}

impl Shards {
    /// Closes a shard: what is left in it belongs to stock. Condition: it sells.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn close_shard(&self, sale_id: &FlashSaleId, shard: u32) -> Result<CloseShardOutcome, StoreError> {
        let update = Update::new()
            .set("state", s(stored(ShardState::Closed)))
            .add_attribute("drained", "left")
            .set("left", n(0))
            .when(attribute("state").equals(s(stored(ShardState::Open))));
        match self.table.update(&[("shard", &key(sale_id, shard))], update).await? {
            Outcome::Written(_) => Ok(CloseShardOutcome::Closed),
            Outcome::Refused(Some(_)) => Ok(CloseShardOutcome::AlreadyClosed),
            Outcome::Refused(None) => Err(StoreError::corrupt(format!("shard {shard} of sale {sale_id} is missing"))),
        }
    }

    /// Closes all shards of a sale that has this many; returns how many sold until now.
    ///
    /// # Errors
    /// [`StoreError`] where some may still sell; repeating is safe.
    pub async fn close_all(&self, sale_id: &FlashSaleId, shards: u32) -> Result<u32, StoreError> {
        stream::iter(0..shards)
            .map(|shard| self.close_shard(sale_id, shard))
            .buffer_unordered(AT_ONCE)
            .try_fold(0, |closed, outcome| async move { Ok(closed + u32::from(outcome == CloseShardOutcome::Closed)) })
            .await
    }

    /// What each shard has given back to stock since the beginning, by its number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn drained(&self, sale_id: &FlashSaleId, shards: u32) -> Result<BTreeMap<u32, ShardReturns>, StoreError> {
        let returns = |shard: ShardRecord| {
            (shard.number, ShardReturns { warehouse_id: shard.warehouse_id, drained: shard.drained })
        };
        Ok(self.many(sale_id, 0..shards).await?.into_iter().map(returns).collect())
    }
}
