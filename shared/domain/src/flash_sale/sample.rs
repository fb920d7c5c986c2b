use super::{LotteryKey, ShopperKey, lottery::KeyedHash};
use crate::ids::FlashSaleId;

/// About how many shoppers are counted where that many or more are expected: the standard deviation of
/// the count is then one per cent.
pub const SAMPLE_SIZE: u32 = 10_000;
/// Over how many partition keys the sample of one cohort is spread.
pub const SAMPLE_SLOTS: u8 = 16;

/// Which shoppers are counted. A shopper is in the sample or is not, whatever they repeat, and an item
/// under their key makes repeats one: so distinct shoppers are counted without an item for each. Who is
/// in it is secret, else accounts that are could be made on purpose to slow the sale down.
#[derive(Clone)]
pub struct Sampling {
    hash: KeyedHash,
    /// One in `expected` / [`SAMPLE_SIZE`] shoppers is counted; never less than all of them.
    expected: u32,
}

impl Sampling {
    /// The sample of a sale.
    pub fn new(key: &LotteryKey, sale: &FlashSaleId, expected_shoppers: u32) -> Self {
        // The draw of positions has 32 bytes or none in the place of this label.
        let hash = key.keyed_hash(&[b"sample", sale.as_str().as_bytes()]);
        Self { hash, expected: expected_shoppers.max(SAMPLE_SIZE) }
    }

    /// The slot in which this shopper is counted, less than [`SAMPLE_SLOTS`]; none where they are not in
    /// the sample.
    pub fn slot(&self, shopper: &ShopperKey) -> Option<u8> {
        let hash = self.hash.of(shopper);
        let place = u64::from_be_bytes(std::array::from_fn(|byte| hash[byte]));
        // place / 2^64 < SAMPLE_SIZE / expected
        let counted = u128::from(place) * u128::from(self.expected) < u128::from(SAMPLE_SIZE) << 64;
        counted.then_some(hash[8] % SAMPLE_SLOTS)
    }

    /// How many shoppers there are, when so many of the sample were counted.
    pub fn estimate(&self, counted: u64) -> u64 {
        let shoppers = u128::from(counted) * u128::from(self.expected) / u128::from(SAMPLE_SIZE);
        u64::try_from(shoppers).unwrap_or(u64::MAX)
    }
}

/// The shoppers of cohort 0 on whom the pace is reckoned: those who checked in shortly before the
/// opening, since many who joined do not come. Where nobody checked in, those who joined stand in.
pub fn present(checked_in: u64, joined: u64) -> u64 {
    if checked_in > 0 { checked_in } else { joined }
}
