use jiff::{Timestamp, fmt::serde::timestamp::millisecond};
use serde::{Deserialize, Serialize};
use souk_domain::{
    flash_sale::{Commitment, FlashSaleTerms, LotteryKey, ShardPlan},
    ids::{FlashSaleId, WarehouseId},
};

/// What an item of a sale holds: the table's sort key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Part {
    Sale,
    Key,
    Room,
}

impl Part {
    pub(super) fn key(self, sale_id: &FlashSaleId) -> [(&'static str, &str); 2] {
        let part = match self {
            Self::Sale => "sale",
            Self::Key => "key",
            Self::Room => "room",
        };
        [("sale_id", sale_id.as_str()), ("part", part)]
    }
}

/// A sale as the operator defined it. Where it stands is in its room alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlashSale {
    /// Which sale.
    pub sale_id: FlashSaleId,
    pub(super) part: Part,
    /// What is sold, when, for how much.
    pub terms: FlashSaleTerms,
    /// How its units lie in shards; empty until they do.
    #[serde(default)]
    pub plan: ShardPlan,
    /// What was published before the draw.
    pub commitment: Commitment,
    /// +1 at every change.
    pub version: u64,
    /// When it was defined.
    #[serde(with = "millisecond::required")]
    pub created_at: Timestamp,
}

impl FlashSale {
    /// How many shards it has.
    pub fn shard_count(&self) -> u32 {
        self.plan.count()
    }

    /// Where a shard's units lie.
    pub fn warehouse_of(&self, shard: u32) -> Option<&WarehouseId> {
        self.plan.shard(shard).map(|shard| shard.warehouse_id)
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct KeyRecord {
    pub(super) sale_id: FlashSaleId,
    pub(super) part: Part,
    pub(super) key: LotteryKey,
}
