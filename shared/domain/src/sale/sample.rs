use super::{LotteryKey, ShopperKey, lottery::feed};
use crate::ids::SaleId;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

/// About how many shoppers are counted where that many or more are expected: the count is then good
/// to one per cent (its standard deviation).
pub const SAMPLE_SIZE: u32 = 10_000;
/// Over how many partition keys the sample of one cohort is spread.
pub const SAMPLE_SLOTS: u8 = 16;

/// Which shoppers are counted. A shopper is in the sample or is not, whatever he repeats, and an item
/// under his key makes repeats one: so distinct shoppers are counted without an item for each. The
/// membership is secret, else accounts that are in it could be made on purpose to slow the sale down.
#[derive(Clone)]
pub struct Sampling {
    mac: Hmac<Sha256>,
    expected: u32,
}

impl Sampling {
    /// The sample of a sale.
    pub fn new(key: &LotteryKey, sale: &SaleId, expected_shoppers: u32) -> Self {
        Self { mac: key.mac(&[b"sample", b"", sale.as_str().as_bytes()]), expected: expected_shoppers.max(SAMPLE_SIZE) }
    }

    /// The slot in which this shopper is counted; none where he is not in the sample.
    pub fn slot(&self, shopper: &ShopperKey) -> Option<u8> {
        if self.counts_everyone() {
            return Some(self.hash(shopper).1);
        }
        let (hash, slot) = self.hash(shopper);
        // hash / 2^64 < SAMPLE_SIZE / expected, without division.
        let included = u128::from(hash) * u128::from(self.expected) < u128::from(SAMPLE_SIZE) << 64;
        included.then_some(slot)
    }

    /// True where every shopper is in the sample.
    pub fn counts_everyone(&self) -> bool {
        self.expected == SAMPLE_SIZE
    }

    /// How many shoppers there are, when so many of the sample were counted.
    pub fn estimate(&self, counted: u64) -> u64 {
        let shoppers = u128::from(counted) * u128::from(self.expected) / u128::from(SAMPLE_SIZE);
        u64::try_from(shoppers).unwrap_or(u64::MAX)
    }

    fn hash(&self, shopper: &ShopperKey) -> (u64, u8) {
        let mut mac = self.mac.clone();
        feed(&mut mac, shopper.as_str().as_bytes());
        let tag = mac.finalize().into_bytes();
        (u64::from_be_bytes(std::array::from_fn(|byte| tag[byte])), tag[8] % SAMPLE_SLOTS)
    }
}

/// The shoppers of cohort 0 on whom the pace is reckoned: those who checked in shortly before the
/// opening, since many who joined do not come. Where nobody checked in, those who joined stand in.
pub fn present(checked_in: u64, joined: u64) -> u64 {
    if checked_in > 0 { checked_in } else { joined }
}
