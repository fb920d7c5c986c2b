use souk_domain::{
    flash_sale::{ClaimEntry, ReleaseJudgement, ShardState, ShopperKey},
    ids::FlashSaleId,
};
use souk_dynamo::{Outcome, StoreError, Update, attribute, n, s};

use super::{
    Shards, key,
    record::{ShardRecord, claim_of, stored},
};

/// How releasing a claim ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum ReleaseClaimOutcome {
    /// The unit is for sale again.
    Released,
    /// The sale was closed: the unit belongs to stock, which is yet to be credited with it.
    Drained,
    /// There is no such claim, or it was released before.
    Nothing,
}

impl Shards {
    /// Gives a claimed unit back. Only for a shopper whose order is cancelled or names another shard:
    /// both stay so for good, so looking at the order first and releasing then cannot race.
    ///
    /// Condition: the claim stands. Then the room forgets that the shard was empty, under a new epoch;
    /// where this dies in between, the sweeper finds a unit in a shard that passes for empty.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn release(
        &self,
        sale_id: &FlashSaleId,
        shard: u32,
        shopper: &ShopperKey,
    ) -> Result<ReleaseClaimOutcome, StoreError> {
        let Some(found) = self.give_back(sale_id, shard, shopper, ShardState::Open, "left").await? else {
            self.sales.unmark_empty(sale_id, shard).await?;
            return Ok(ReleaseClaimOutcome::Released);
        };
        let image = found.image(shopper);
        if image.release() == ReleaseJudgement::ToWarehouse {
            // A shard never opens again, so its state cannot be the reason for another refusal.
            let refused = self.give_back(sale_id, shard, shopper, ShardState::Closed, "drained").await?;
            return Ok(if refused.is_some() { ReleaseClaimOutcome::Nothing } else { ReleaseClaimOutcome::Drained });
        }
        if image.entry == Some(ClaimEntry::GivenBack) && image.state == ShardState::Open && image.left > 0 {
            // Perhaps the first write of an attempt that got no further.
            self.sales.unmark_empty(sale_id, shard).await?;
        }
        Ok(ReleaseClaimOutcome::Nothing)
    }

    /// The write of a release. `Some` is the shard that refused it.
    async fn give_back(
        &self,
        sale_id: &FlashSaleId,
        shard: u32,
        shopper: &ShopperKey,
        state: ShardState,
        counter: &'static str,
    ) -> Result<Option<ShardRecord>, StoreError> {
        let claim = claim_of(shopper);
        let update = Update::new()
            .set(claim.clone(), n(i64::from(ClaimEntry::GivenBack)))
            .add(counter, n(1))
            .when(claim.is_above(n(0)))
            .when(attribute("state").equals(s(stored(state))));
        match self.table.update(&[("shard", &key(sale_id, shard))], update).await? {
            Outcome::Written(_) => Ok(None),
            Outcome::Refused(Some(item)) => Ok(Some(souk_dynamo::decode(item)?)),
            Outcome::Refused(None) => Err(StoreError::corrupt(format!("shard {shard} of sale {sale_id} is missing"))),
        }
    }
}
