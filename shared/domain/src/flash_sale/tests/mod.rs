//! What the parts of a sale do together.

mod claims;
mod conductor;
mod lottery;
mod sampling;
mod shards;
mod standing;
mod waiting_room;

use jiff::Timestamp;
use uuid::Uuid;

use super::*;
use crate::ids::{FlashSaleId, UserId};

const OPENS_AT_MS: i64 = 1_800_000_000_000;

/// A time after the opening.
fn after(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(OPENS_AT_MS + ms).unwrap()
}

fn sale() -> FlashSaleId {
    "console".parse().unwrap()
}

fn key() -> LotteryKey {
    LotteryKey::new(std::array::from_fn(|byte| u8::try_from(byte).unwrap()))
}

fn shopper(number: u32) -> ShopperKey {
    // Spread over all bits, as random UUIDs are.
    let uuid = Uuid::from_u128(u128::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835));
    ShopperKey::of(&UserId::from_uuid(uuid)).unwrap()
}

fn position(cohort: u32, fraction: f64) -> Position {
    Position::new(Cohort::new(cohort), (fraction * 2_f64.powi(32)) as u32)
}

/// A room that is open, with everything that its conductor knows.
#[derive(Clone)]
struct Room {
    status: FlashSaleStatus,
    rate: u32,
    counts: WindowCounts,
    pace: Pace,
}

impl Room {
    fn new(rate: u32, counts: &[u64]) -> Self {
        let counts =
            counts.iter().zip(0..).map(|(shoppers, number)| (Cohort::new(number), *shoppers)).collect::<Vec<_>>();
        Self { status: FlashSaleStatus::Open, rate, counts: counts.into(), pace: Pace::default() }
    }

    fn conditions(&self) -> Conditions<'_> {
        Conditions { status: self.status, opens_at: after(0), rate: self.rate, counts: &self.counts }
    }

    fn tick(&mut self, ms: i64) {
        self.pace = self.pace.conducted(&self.conditions(), after(ms));
    }

    fn threshold(&self, ms: i64) -> Position {
        self.pace.threshold(after(ms))
    }

    fn standing(&self, position: Position, ms: i64) -> Standing {
        self.pace.standing(position, &self.conditions(), after(ms))
    }
}
