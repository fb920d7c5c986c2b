use serde::{Deserialize, Serialize};

use super::MAX_UNITS;
use crate::ids::WarehouseId;

/// How many units a shard holds at most: with so many claims its item still costs one write unit.
pub const UNITS_PER_SHARD: u32 = 24;
/// A sale has at least so many shards, or one a unit: each is a partition key of its own, and one
/// partition takes a thousand writes per second.
pub const MIN_SHARDS: u32 = 16;
/// A bound for the shards of any sale. Rounding up in every warehouse makes some more than the units ask for.
pub const MAX_SHARDS: u32 = 2 * MAX_UNITS.div_ceil(UNITS_PER_SHARD);

/// How the units of a sale lie in shards. It stays small however many shards there are: shards of one
/// warehouse follow one another.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ShardPlan(Vec<ShardRun>);

/// The shards of one warehouse: its units lie evenly in them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardRun {
    /// Whose units.
    pub warehouse_id: WarehouseId,
    /// How many units.
    pub units: u32,
    /// In how many shards.
    pub shards: u32,
}

/// One shard as it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard<'a> {
    /// Its number in the sale, from 0.
    pub number: u32,
    /// Where its units lie.
    pub warehouse_id: &'a WarehouseId,
    /// How many units.
    pub units: u32,
}

impl ShardRun {
    /// Units of its shard number `index`: the first ones hold one more where it does not divide.
    fn units_at(&self, index: u32) -> u32 {
        self.units / self.shards + u32::from(index < self.units % self.shards)
    }

    /// True where its shards are fuller than another's.
    fn is_fuller_than(&self, other: &Self) -> bool {
        u64::from(self.units) * u64::from(other.shards) > u64::from(other.units) * u64::from(self.shards)
    }
}

impl ShardPlan {
    /// Lays out the units that the warehouses give. A shard belongs to one warehouse, so that a unit
    /// that comes back knows where it lies.
    pub fn of(stock: impl IntoIterator<Item = (WarehouseId, u32)>) -> Self {
        let mut runs: Vec<_> = stock
            .into_iter()
            .filter(|(_, units)| *units > 0)
            .map(|(warehouse_id, units)| ShardRun { warehouse_id, units, shards: units.div_ceil(UNITS_PER_SHARD) })
            .collect();
        let units: u32 = runs.iter().map(|run| run.units).sum();
        let shards: u32 = runs.iter().map(|run| run.shards).sum();
        for _ in shards..MIN_SHARDS.min(units) {
            let fullest =
                runs.iter_mut().reduce(|fullest, run| if run.is_fuller_than(fullest) { run } else { fullest });
            if let Some(run) = fullest {
                run.shards += 1;
            }
        }
        Self(runs)
    }

    /// How many shards.
    pub fn count(&self) -> u32 {
        self.0.iter().map(|run| run.shards).sum()
    }

    /// How many units in all.
    pub fn units(&self) -> u32 {
        self.0.iter().map(|run| run.units).sum()
    }

    /// Warehouse by warehouse.
    pub fn runs(&self) -> &[ShardRun] {
        &self.0
    }

    /// All shards, in order of their numbers.
    pub fn shards(&self) -> impl Iterator<Item = Shard<'_>> {
        (0..self.count()).filter_map(|number| self.shard(number))
    }

    /// The shard of this number.
    pub fn shard(&self, number: u32) -> Option<Shard<'_>> {
        let mut index = number;
        for run in &self.0 {
            if index < run.shards {
                return Some(Shard { number, warehouse_id: &run.warehouse_id, units: run.units_at(index) });
            }
            index -= run.shards;
        }
        None
    }
}
