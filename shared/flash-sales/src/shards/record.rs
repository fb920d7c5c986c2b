use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use souk_domain::{
    audit::ShardUnits,
    flash_sale::{ClaimEntry, ShardImage, ShardState, ShopperKey},
    ids::WarehouseId,
};
use souk_dynamo::{Attribute, attribute};

/// One shard of a sale's units. Names are short because an item of up to a kilobyte is one write unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardRecord {
    /// `<sale>#<number>`: the table's key.
    #[serde(rename = "shard")]
    pub(super) key: String,
    /// Its number in the sale.
    #[serde(rename = "n")]
    pub number: u32,
    /// Units that can be claimed.
    pub left: u32,
    /// Whether it still sells.
    pub state: ShardState,
    /// Units that left it for stock, since the beginning.
    pub drained: u32,
    /// Where its units lie.
    pub warehouse_id: WarehouseId,
    /// Who claimed when, or gave it back.
    #[serde(rename = "c")]
    pub claims: BTreeMap<ShopperKey, ClaimEntry>,
}

impl ShardRecord {
    /// Where its units are.
    pub fn units(&self) -> ShardUnits {
        let claimed = self.claims.values().filter(|entry| entry.is_claimed()).count();
        let claimed = u32::try_from(claimed).unwrap_or(u32::MAX);
        ShardUnits { left: self.left, claimed, drained: self.drained }
    }

    /// The shard as one shopper sees it.
    pub fn image(&self, shopper: &ShopperKey) -> ShardImage {
        ShardImage { state: self.state, left: self.left, entry: self.claims.get(shopper).copied() }
    }
}

/// Where a shard keeps a shopper's claim.
pub(super) fn claim_of(shopper: &ShopperKey) -> Attribute {
    attribute("c").key(shopper.as_str())
}

/// As it is stored.
pub(super) fn stored(state: ShardState) -> &'static str {
    match state {
        ShardState::Open => "OPEN",
        ShardState::Closed => "CLOSED",
    }
}
