use std::collections::BTreeMap;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use souk_domain::{
    flash_sale::{Shard, ShardPlan, ShardState},
    ids::FlashSaleId,
};
use souk_dynamo::{Outcome, StoreError, attribute};

use super::{AT_ONCE, Shards, key, record::ShardRecord};

/// What creating a sale's shards found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Created {
    /// Shards that were made now.
    pub new: u32,
    /// Shards that were there already, from an earlier attempt.
    pub existing: u32,
}

impl Shards {
    /// Makes a sale's shards. Condition of each: it is absent. So an
    /// attempt that died half-way is finished by the next one, and a shard that sells is not touched.
    ///
    /// # Errors
    /// [`StoreError`] where some may be missing; repeating is safe.
    pub async fn create(&self, sale_id: &FlashSaleId, plan: &ShardPlan) -> Result<Created, StoreError> {
        let records: Vec<_> = plan.shards().map(|planned| ShardRecord::planned(sale_id, planned)).collect();
        let puts = stream::iter(records).map(|record| self.put_new(record));
        puts.buffer_unordered(AT_ONCE)
            .try_fold(Created { new: 0, existing: 0 }, |count, outcome| async move {
                Ok(if outcome.is_written() {
                    Created { new: count.new + 1, ..count }
                } else {
                    Created { existing: count.existing + 1, ..count }
                })
            })
            .await
    }

    async fn put_new(&self, record: ShardRecord) -> Result<Outcome, StoreError> {
        self.table.put_if(&record, attribute("shard").is_absent()).await
    }
}

impl ShardRecord {
    fn planned(sale_id: &FlashSaleId, planned: Shard<'_>) -> Self {
        Self {
            key: key(sale_id, planned.number),
            number: planned.number,
            left: planned.units,
            state: ShardState::Open,
            drained: 0,
            warehouse_id: planned.warehouse_id.clone(),
            claims: BTreeMap::new(),
        }
    }
}
