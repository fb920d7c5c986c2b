use std::sync::Arc;

use jiff::Timestamp;
use souk_domain::{
    flash_sale::{ClaimEntry, ClaimJudgement, FlashSaleStatus, ShopperKey, probe_limit, probes},
    ids::{FlashSaleId, WarehouseId},
};
use souk_dynamo::StoreError;
use souk_wiring::{ConfigError, Environment, FromEnvironment};

use super::{
    Shards,
    claimants::{Claimants, KnownClaim},
    probe::Probe,
    record::ShardRecord,
};
use crate::{ClaimCost, FlashSaleSnapshot, RoomCache, flash_sales::MarkOutcome};

/// A unit that is a shopper's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The shard that it came out of.
    pub shard: u32,
    /// Where it lies.
    pub warehouse_id: WarehouseId,
    /// When it was claimed, in seconds of the Unix epoch.
    pub claimed_at: u32,
}

/// How claiming a unit ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum ClaimOutcome {
    /// The unit is the shopper's from now on.
    Claimed(Claim),
    /// The shopper had claimed one before.
    AlreadyClaimed(Claim),
    /// They had one of this shard and it was given back: their order says why, and they get no other.
    GivenBack {
        /// The shard.
        shard: u32,
    },
    /// Every shard was empty, and none has got a unit back since.
    SoldOut,
    /// The shards that were asked were empty; others may not be.
    TryAgain,
    /// Nobody can claim now.
    NotOpen(FlashSaleStatus),
    /// There is no such sale.
    Unknown,
}

/// How claiming a unit ended, and what it cost.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimAnswer {
    /// How it ended.
    pub outcome: ClaimOutcome,
    /// What it cost.
    pub cost: ClaimCost,
}

/// Claims units for shoppers: what a warm function does all day.
#[derive(Debug)]
pub struct Claims {
    shards: Shards,
    rooms: Arc<RoomCache>,
    claimants: Claimants,
}

impl FromEnvironment for Claims {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        let shards = Shards::from_environment(environment).await?;
        Ok(Self::new(shards, Arc::<RoomCache>::from_environment(environment).await?))
    }
}

impl Claims {
    /// Claims out of these shards, by what this cache knows of their sales.
    pub fn new(shards: Shards, rooms: Arc<RoomCache>) -> Self {
        Self { shards, rooms, claimants: Claimants::new() }
    }

    /// What is known of the sales.
    pub fn rooms(&self) -> &RoomCache {
        &self.rooms
    }

    /// Claims one unit for a shopper who was admitted. Claiming again finds the first claim.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown. The claim may stand and is never undone: the shopper
    /// asks again, and finds it.
    pub async fn claim(
        &self,
        sale_id: &FlashSaleId,
        shopper: &ShopperKey,
        now: Timestamp,
    ) -> Result<ClaimAnswer, StoreError> {
        let mut cost = ClaimCost::default();
        let outcome = match self.rooms.get(sale_id, now).await? {
            Some(snapshot) => {
                cost.read(snapshot.reads);
                self.claim_in(snapshot, shopper, now, &mut cost).await?
            }
            None => ClaimOutcome::Unknown,
        };
        Ok(ClaimAnswer { outcome, cost })
    }

    async fn claim_in(
        &self,
        mut snapshot: FlashSaleSnapshot,
        shopper: &ShopperKey,
        now: Timestamp,
        cost: &mut ClaimCost,
    ) -> Result<ClaimOutcome, StoreError> {
        if snapshot.room.status != FlashSaleStatus::Open {
            return self.not_open(&snapshot, shopper, now, cost).await;
        }
        let sale = Arc::clone(&snapshot.sale);
        let at = u32::try_from(now.as_second()).map_err(StoreError::corrupt)?;
        let mut tried = Vec::new();
        while tried.len() < probe_limit(sale.shard_count()) {
            let (passed_over, next) = next_shard(&snapshot, shopper, &tried);
            let known = self.claimants.find(&self.shards, &snapshot, &passed_over, shopper, now, cost).await?;
            if let Some(known) = known {
                return Ok(known.into());
            }
            let Some(shard) = next else { break };
            tried.push(shard);
            let refused = match self.shards.probe(&sale.sale_id, shard, shopper, at, cost).await? {
                Probe::Claimed { left } => {
                    self.mark_if_empty(&snapshot, shard, left, now, cost).await;
                    let known = sale.warehouse_of(shard).cloned();
                    let warehouse_id = known.ok_or_else(|| StoreError::corrupt("a shard that its sale lacks"))?;
                    return Ok(ClaimOutcome::Claimed(Claim { shard, warehouse_id, claimed_at: at }));
                }
                Probe::Refused(found) => found,
            };
            if let Some(outcome) = judge(*refused, shopper) {
                return Ok(outcome);
            }
            snapshot = self.found_empty(&snapshot, shard, now, cost).await?;
        }
        Ok(if snapshot.is_sold_out() { ClaimOutcome::SoldOut } else { ClaimOutcome::TryAgain })
    }

    /// A sale that is closed for good still tells those who have a unit.
    async fn not_open(
        &self,
        snapshot: &FlashSaleSnapshot,
        shopper: &ShopperKey,
        now: Timestamp,
        cost: &mut ClaimCost,
    ) -> Result<ClaimOutcome, StoreError> {
        let status = snapshot.room.status;
        if !matches!(status, FlashSaleStatus::Closing | FlashSaleStatus::Closed) {
            return Ok(ClaimOutcome::NotOpen(status));
        }
        let all: Vec<u32> = (0..snapshot.sale.shard_count()).collect();
        let known = self.claimants.find(&self.shards, snapshot, &all, shopper, now, cost).await?;
        Ok(known.map_or(ClaimOutcome::NotOpen(status), ClaimOutcome::from))
    }

    /// A shard had no unit. Whatever has become known of the others since is worth a look before the
    /// next one is asked; and the others should know of this one.
    async fn found_empty(
        &self,
        before: &FlashSaleSnapshot,
        shard: u32,
        now: Timestamp,
        cost: &mut ClaimCost,
    ) -> Result<FlashSaleSnapshot, StoreError> {
        let snapshot = self.rooms.later_than(before, now).await?;
        cost.read(snapshot.reads);
        if snapshot.room.empty.contains(&shard) || snapshot.room.epoch != before.room.epoch {
            return Ok(snapshot);
        }
        self.mark_empty(before, shard, now, cost).await.map(|marked| marked.unwrap_or(snapshot))
    }

    /// Whoever takes the last unit says so. It is a hint that saves others their writes: where it
    /// fails, the next one who asks that shard says it.
    async fn mark_if_empty(
        &self,
        snapshot: &FlashSaleSnapshot,
        shard: u32,
        left: u32,
        now: Timestamp,
        cost: &mut ClaimCost,
    ) {
        if left > 0 || snapshot.room.empty.contains(&shard) {
            return;
        }
        if let Err(error) = self.mark_empty(snapshot, shard, now, cost).await {
            tracing::warn!(%error, shard, "an empty shard was not marked");
        }
    }

    /// Condition: the epoch that was read before the shard was asked. If a unit has come back to any
    /// shard since, what is known of this one may be old.
    async fn mark_empty(
        &self,
        before: &FlashSaleSnapshot,
        shard: u32,
        now: Timestamp,
        cost: &mut ClaimCost,
    ) -> Result<Option<FlashSaleSnapshot>, StoreError> {
        cost.round_trips += 1;
        let marked = self.rooms.sales().mark_empty(&before.sale.sale_id, shard, before.room.epoch).await?;
        cost.write_units += marked.write_units();
        Ok(match marked {
            MarkOutcome::Marked { room, .. } => Some(self.rooms.put_room(before, *room, now)),
            MarkOutcome::EpochPassed => None,
        })
    }
}

/// The shards that the shopper passes over because they are known to be empty, and the first one that
/// they ask. Those in `tried` have answered them already.
fn next_shard(snapshot: &FlashSaleSnapshot, shopper: &ShopperKey, tried: &[u32]) -> (Vec<u32>, Option<u32>) {
    let mut passed_over = Vec::new();
    for shard in probes(&snapshot.sale.sale_id, shopper, snapshot.sale.shard_count()) {
        if tried.contains(&shard) {
            continue;
        }
        if !snapshot.room.empty.contains(&shard) {
            return (passed_over, Some(shard));
        }
        passed_over.push(shard);
    }
    (passed_over, None)
}

/// What a refused claim means; `None` where the shard is only empty.
fn judge(found: ShardRecord, shopper: &ShopperKey) -> Option<ClaimOutcome> {
    let image = found.image(shopper);
    match (image.claim(), image.entry) {
        (ClaimJudgement::AlreadyClaimed { .. } | ClaimJudgement::GivenBack, Some(entry)) => {
            Some(KnownClaim { shard: found.number, warehouse_id: found.warehouse_id, entry }.into())
        }
        (ClaimJudgement::Closed, _) => Some(ClaimOutcome::NotOpen(FlashSaleStatus::Closing)),
        _ => None,
    }
}

impl From<KnownClaim> for ClaimOutcome {
    fn from(known: KnownClaim) -> Self {
        let KnownClaim { shard, warehouse_id, entry } = known;
        match entry {
            ClaimEntry::GivenBack => Self::GivenBack { shard },
            ClaimEntry::Claimed(claimed_at) => Self::AlreadyClaimed(Claim { shard, warehouse_id, claimed_at }),
        }
    }
}
