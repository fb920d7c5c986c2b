use std::time::Duration;

use serde::Deserialize;
use souk_domain::{
    flash_sale::{ShardState, ShopperKey},
    ids::FlashSaleId,
};
use souk_dynamo::{Backoff, Metered, Outcome, StoreError, Update, attribute, n, s};

use super::{
    Shards, key,
    record::{ShardRecord, claim_of, stored},
};
use crate::ClaimCost;

/// How often one shard is asked again after the store was busy or did not answer, beside what the SDK
/// repeats by itself.
const ATTEMPTS: u32 = 3;
const BACKOFF: Backoff = Backoff { base: Duration::from_millis(20), cap: Duration::from_millis(200) };

/// What one shard said to a claim.
#[derive(Debug)]
pub(super) enum Probe {
    /// The unit is the shopper's; so many are left.
    Claimed { left: u32 },
    /// Nothing was written; the shard as it stands.
    Refused(Box<ShardRecord>),
}

/// What a claim wants to know of the shard that took it.
#[derive(Deserialize)]
struct Left {
    left: u32,
}

impl Shards {
    /// The claim itself: one conditional write of counter and claim. Condition: the shard sells, has a
    /// unit left, and does not know the shopper. A lost answer is asked for again at the same shard,
    /// which then says whose the unit is; it is never undone.
    pub(super) async fn probe(
        &self,
        sale_id: &FlashSaleId,
        shard: u32,
        shopper: &ShopperKey,
        at: u32,
        cost: &mut ClaimCost,
    ) -> Result<Probe, StoreError> {
        let mut attempt = 1;
        loop {
            match self.try_claim(sale_id, shard, shopper, at, cost).await {
                Err(StoreError::Busy(_) | StoreError::Unavailable(_)) if attempt < ATTEMPTS => {
                    BACKOFF.pause(attempt).await;
                    attempt += 1;
                }
                answer => return answer,
            }
        }
    }

    async fn try_claim(
        &self,
        sale_id: &FlashSaleId,
        shard: u32,
        shopper: &ShopperKey,
        at: u32,
        cost: &mut ClaimCost,
    ) -> Result<Probe, StoreError> {
        cost.round_trips += 1;
        let claim = claim_of(shopper);
        let update = Update::new()
            .set(claim.clone(), n(at))
            .add("left", n(-1))
            .when(attribute("state").equals(s(stored(ShardState::Open))))
            .when(attribute("left").is_above(n(0)))
            .when(claim.is_absent());
        match self.table.update_metered(&[("shard", &key(sale_id, shard))], update).await? {
            Outcome::Written(Metered { item, write_units }) => {
                cost.write_units += write_units;
                Ok(Probe::Claimed { left: souk_dynamo::decode::<Left>(item)?.left })
            }
            Outcome::Refused(Some(item)) => {
                cost.write_units += 1.0;
                Ok(Probe::Refused(Box::new(souk_dynamo::decode(item)?)))
            }
            Outcome::Refused(None) => Err(StoreError::corrupt(format!("shard {shard} of sale {sale_id} is missing"))),
        }
    }
}
