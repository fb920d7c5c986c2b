//! Ending a sale: its shards are fenced, one by one, and what is left in them goes back to stock. The
//! operator's call, the conductor at `closes_at` and the sweeper do the same.

use std::collections::BTreeMap;

use jiff::Timestamp;
use souk_domain::sale::SaleEvent;
use souk_dynamo::StoreError;
use souk_inventory::{GivenBack, SaleUnits};
use souk_sales::{Sale, Sales, Shards, TransitionOutcome};

/// Closes all shards of a sale that is CLOSING, credits stock, and settles the sale.
pub(crate) async fn finish(
    sales: &Sales,
    shards: &Shards,
    units: &SaleUnits,
    sale: &Sale,
    now: Timestamp,
) -> Result<TransitionOutcome, StoreError> {
    let fenced = shards.close_all(&sale.sale_id, sale.shard_count()).await?;
    let credited = credit(shards, units, sale, now).await?;
    tracing::info!(sale_id = %sale.sale_id, fenced, credited, "a sale's shards are closed");
    sales.transition(&sale.sale_id, SaleEvent::Settle, now).await
}

/// Tells stock what the shards have given back since the beginning; returns how many units were new.
pub(crate) async fn credit(shards: &Shards, units: &SaleUnits, sale: &Sale, now: Timestamp) -> Result<u32, StoreError> {
    let drained = shards.drained(&sale.sale_id, sale.shard_count()).await?;
    let given_back: BTreeMap<u32, GivenBack> = drained
        .into_iter()
        .map(|(number, shard)| (number, GivenBack { warehouse_id: shard.warehouse_id, returned: shard.drained }))
        .collect();
    units.credit(&sale.sale_id, &given_back, now).await
}
