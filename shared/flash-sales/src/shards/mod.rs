mod audit;
mod claimants;
mod claims;
mod close;
mod create;
mod probe;
mod record;
mod release;
mod sweep;
mod watch;

pub use audit::ClaimPlace;
pub use claims::{Claim, ClaimAnswer, ClaimOutcome, Claims};
pub use close::{CloseShardOutcome, ShardReturns};
pub use create::Created;
pub use record::ShardRecord;
pub use release::ReleaseClaimOutcome;
pub use sweep::{StaleClaim, StaleClaims};
pub use watch::ShardTotals;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use souk_domain::ids::FlashSaleId;
use souk_dynamo::{StoreError, Table};
use souk_wiring::FromEnvironment;

use crate::FlashSales;

/// How many shards are written at once by those who need all of them.
const AT_ONCE: usize = 32;
/// How many are read by one request, and how many requests at once.
const BATCH: usize = 100;
const BATCHES_AT_ONCE: usize = 8;

/// The `sale-shards` table (key `shard`): a sale's units, each shard with the claims on them.
///
/// Counter and claims are one item, so that a claim is one write: whoever repeats it finds their own.
#[derive(Debug, Clone, FromEnvironment)]
pub struct Shards {
    #[variable("SALE_SHARDS_TABLE")]
    table: Table,
    /// Where the room says which shards are empty.
    sales: FlashSales,
}

impl Shards {
    /// The shards in this table, of these sales.
    pub fn new(table: Table, sales: FlashSales) -> Self {
        Self { table, sales }
    }

    /// One shard, read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn get(&self, sale_id: &FlashSaleId, shard: u32) -> Result<Option<ShardRecord>, StoreError> {
        read_shard(&self.table, sale_id, shard).await
    }

    /// Shards of a sale by their numbers, read consistently, in the numbers' order.
    async fn many(
        &self,
        sale_id: &FlashSaleId,
        numbers: impl IntoIterator<Item = u32>,
    ) -> Result<Vec<ShardRecord>, StoreError> {
        let keys: Vec<String> = numbers.into_iter().map(|number| key(sale_id, number)).collect();
        let batches = stream::iter(keys.chunks(BATCH).map(<[String]>::to_vec)).map(|keys| async move {
            let keys: Vec<[(&str, &str); 1]> = keys.iter().map(|key| [("shard", key.as_str())]).collect();
            self.table.read_many::<ShardRecord, _>(&keys).await
        });
        let batches: Vec<_> = batches.buffer_unordered(BATCHES_AT_ONCE).try_collect().await?;
        let mut shards: Vec<_> = batches.into_iter().flatten().collect();
        shards.sort_unstable_by_key(|shard| shard.number);
        Ok(shards)
    }
}

/// One shard of this `sale-shards` table, read consistently, for whoever only looks.
///
/// # Errors
/// [`StoreError`].
pub async fn read_shard(table: &Table, sale_id: &FlashSaleId, shard: u32) -> Result<Option<ShardRecord>, StoreError> {
    table.get(&[("shard", &key(sale_id, shard))]).await
}

/// A shard's key. FlashSale ids have no `#`, so no two sales share one.
fn key(sale_id: &FlashSaleId, shard: u32) -> String {
    format!("{sale_id}#{shard}")
}
