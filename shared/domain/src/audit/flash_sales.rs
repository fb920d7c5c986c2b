use super::Violation;
use crate::ids::FlashSaleId;

/// The units of a flash sale's shard. Counter and claims are one item, so one reading belongs together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ShardUnits {
    /// Units that can be claimed.
    pub left: u32,
    /// Units that are claimed and were not given back.
    pub claimed: u32,
    /// Units that went back to stock.
    pub drained: u32,
}

impl ShardUnits {
    /// All of them, wherever they are.
    pub fn sum(self) -> u32 {
        self.left + self.claimed + self.drained
    }
}

/// I2 of a shard: what it was laid out with is left, claimed, or back in stock. A shard that is gone has
/// nothing.
pub fn shard(sale_id: &FlashSaleId, shard: u32, planned: u32, units: ShardUnits) -> Option<Violation> {
    let ShardUnits { left, claimed, drained } = units;
    let unbalanced = Violation::ShardUnbalanced { sale_id: sale_id.clone(), shard, planned, left, claimed, drained };
    (units.sum() != planned).then_some(unbalanced)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invariant_i2_a_shards_units_are_those_it_was_laid_out_with() {
        let sale_id: FlashSaleId = "drop".parse().unwrap();
        for (left, claimed, drained) in [(24, 0, 0), (20, 4, 0), (0, 24, 0), (0, 4, 20)] {
            assert_eq!(shard(&sale_id, 3, 24, ShardUnits { left, claimed, drained }), None);
        }
        for (left, claimed, drained) in [(23, 0, 0), (24, 1, 0), (0, 0, 0), (20, 4, 20)] {
            let found = shard(&sale_id, 3, 24, ShardUnits { left, claimed, drained });
            let sale_id = sale_id.clone();
            let expected = Violation::ShardUnbalanced { sale_id, shard: 3, planned: 24, left, claimed, drained };
            assert_eq!(found, Some(expected));
        }
    }
}
