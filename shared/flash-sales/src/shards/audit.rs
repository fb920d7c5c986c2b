use std::collections::{BTreeMap, BTreeSet, HashMap};

use souk_domain::{
    audit::{ShardUnits, Violation, shard},
    flash_sale::{ClaimEntry, ShopperKey},
    ids::FlashSaleId,
};
use souk_dynamo::StoreError;

use super::{ShardRecord, Shards};
use crate::FlashSale;

/// Where a claim should stand: the sale, the shard, the shopper.
pub type ClaimPlace = (FlashSaleId, u32, ShopperKey);

impl Shards {
    /// Recomputes I2 of every shard of a sale whose plan is known. Exact at any moment: a shard's units
    /// and claims are one item, and a plan is kept only once all its shards stand.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn audit(&self, sale: &FlashSale) -> Result<Vec<Violation>, StoreError> {
        let read = self.many(&sale.sale_id, 0..sale.shard_count()).await?;
        let read: HashMap<u32, ShardUnits> = read.iter().map(|found| (found.number, found.units())).collect();
        let judge = |planned: souk_domain::flash_sale::Shard<'_>| {
            let found = read.get(&planned.number).copied().unwrap_or_default();
            shard(&sale.sale_id, planned.number, planned.units, found)
        };
        Ok(sale.plan.shards().filter_map(judge).collect())
    }

    /// What the shards at these places remember of these shoppers; what is unknown there is left out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn entries(
        &self,
        places: impl IntoIterator<Item = ClaimPlace>,
    ) -> Result<HashMap<ClaimPlace, ClaimEntry>, StoreError> {
        let mut wanted: BTreeMap<FlashSaleId, BTreeSet<u32>> = BTreeMap::new();
        let places: Vec<_> = places.into_iter().collect();
        for (sale_id, shard, _) in &places {
            wanted.entry(sale_id.clone()).or_default().insert(*shard);
        }
        let mut shards: HashMap<(FlashSaleId, u32), ShardRecord> = HashMap::new();
        for (sale_id, numbers) in wanted {
            let read = self.many(&sale_id, numbers).await?;
            shards.extend(read.into_iter().map(|found| ((sale_id.clone(), found.number), found)));
        }
        let entry = |place: ClaimPlace| {
            let entry = *shards.get(&(place.0.clone(), place.1))?.claims.get(&place.2)?;
            Some((place, entry))
        };
        Ok(places.into_iter().filter_map(entry).collect())
    }
}
