use std::time::Duration;

use aws_sdk_dynamodb::types::{ReturnConsumedCapacity, ReturnValue};
use souk_domain::{
    ids::SaleId,
    sale::{ShardState, ShopperKey},
};
use souk_dynamo::{Backoff, Outcome, StoreError, n, s};

use super::{
    Shards, key,
    record::{ShardRecord, stored},
};
use crate::Effort;

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

impl Shards {
    /// The claim itself: one conditional write of counter and claim. Condition: the shard sells, has a
    /// unit left, and does not know the shopper. A lost answer is asked for again at the same shard,
    /// which then says whose the unit is; it is never undone.
    pub(super) async fn probe(
        &self,
        sale_id: &SaleId,
        shard: u32,
        shopper: &ShopperKey,
        at: u32,
        effort: &mut Effort,
    ) -> Result<Probe, StoreError> {
        let mut attempt = 1;
        loop {
            match self.try_claim(sale_id, shard, shopper, at, effort).await {
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
        sale_id: &SaleId,
        shard: u32,
        shopper: &ShopperKey,
        at: u32,
        effort: &mut Effort,
    ) -> Result<Probe, StoreError> {
        effort.round_trips += 1;
        let update = self
            .table
            .update(&[("shard", &key(sale_id, shard))])
            .update_expression("SET #left = #left - :one, c.#shopper = :now")
            .condition_expression("#state = :open AND #left > :none AND attribute_not_exists(c.#shopper)")
            .expression_attribute_names("#left", "left")
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#shopper", shopper.as_str())
            .expression_attribute_values(":one", n(1))
            .expression_attribute_values(":none", n(0))
            .expression_attribute_values(":now", n(at))
            .expression_attribute_values(":open", s(stored(ShardState::Open)))
            .return_values(ReturnValue::UpdatedNew)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        match souk_dynamo::outcome(update.send().await)? {
            Outcome::Written(answer) => {
                effort.write_units += answer.consumed_capacity().and_then(|c| c.capacity_units).unwrap_or(1.0);
                let left = answer.attributes().and_then(|item| item.get("left")?.as_n().ok()?.parse().ok());
                let left = left.ok_or_else(|| StoreError::corrupt("a claim did not say how many units are left"))?;
                Ok(Probe::Claimed { left })
            }
            Outcome::Refused(Some(item)) => {
                effort.write_units += 1.0;
                Ok(Probe::Refused(Box::new(souk_dynamo::decode(item)?)))
            }
            Outcome::Refused(None) => Err(StoreError::corrupt(format!("shard {shard} of sale {sale_id} is missing"))),
        }
    }
}
