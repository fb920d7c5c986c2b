//! How far the model goes.

use std::fmt;

/// How many shoppers compete.
pub const SHOPPERS: usize = 2;
/// Over how many shards the units lie.
pub const SHARDS: usize = 2;
/// How many requests there are at once.
pub const REQUESTS: usize = 3;
/// How many workers take messages at once.
pub const WORKERS: usize = 2;
/// How many sweeping, releasing, closing or crediting runs there are at once.
pub const KEEPERS: usize = 2;

/// How much may happen. Requests, deliveries, kills, cancellations and sweeps are never counted: only how many run
/// at once is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Whose the requests are that run at once.
    pub owners: &'static [u8],
    /// Each shopper's home shard.
    pub homes: [u8; SHOPPERS],
    /// Each shard's units.
    pub units: [i8; SHARDS],
    /// How many workers there are.
    pub workers: usize,
    /// How many sweeping, releasing, closing or crediting runs there are at once.
    pub keepers: usize,
    /// Whether a write's answer may be lost after its effect, so that it is done again.
    pub lost_answers: bool,
    /// Whether the sale may be closed.
    pub closes: bool,
    /// Whether the grace time outlives every request. If not, claims are swept and requests come at any time: the
    /// promise to those who were answered with 202 is not asked for then (nor are they remembered), everything else is, and a message that is
    /// lost or poisonous is one that is never delivered.
    pub clocks_hold: bool,
}

impl Bounds {
    /// Two requests of one shopper, a unit in each shard.
    pub const ONE_SHOPPER: Self = Self {
        owners: &[0, 0],
        homes: [0, 0],
        units: [1, 1],
        workers: 1,
        keepers: 1,
        lost_answers: true,
        closes: false,
        clocks_hold: false,
    };
    /// Two shoppers and one unit.
    pub const ONE_UNIT: Self = Self { owners: &[0, 1], units: [1, 0], ..Self::ONE_SHOPPER };
    /// Two shoppers, and a unit in each shard.
    pub const TWO_UNITS: Self = Self { units: [1, 1], ..Self::ONE_UNIT };
    /// One shopper whose sale may end, with two closing and crediting runs.
    pub const CLOSING: Self = Self { owners: &[0], units: [1, 0], keepers: KEEPERS, closes: true, ..Self::ONE_SHOPPER };
    /// One shopper who is promised an order.
    pub const PROMISED: Self = Self { clocks_hold: true, ..Self::ONE_SHOPPER };

    /// What the tests explore: seconds each.
    pub fn quick() -> Vec<Self> {
        let promised = Self { owners: &[0], ..Self::PROMISED };
        vec![Self::ONE_SHOPPER, Self::ONE_UNIT, Self::CLOSING, promised]
    }

    /// What a developer explores: minutes each, and some gigabytes of memory.
    pub fn exhaustive() -> Vec<Self> {
        let all_at_once = |bounds| Self { workers: WORKERS, keepers: KEEPERS, ..bounds };
        vec![
            Self { units: [2, 0], ..all_at_once(Self::ONE_SHOPPER) },
            Self { homes: [0, 1], ..Self::ONE_UNIT },
            Self { units: [1, 1], ..Self::CLOSING },
            Self::TWO_UNITS,
            Self::PROMISED,
            all_at_once(Self::ONE_SHOPPER),
            all_at_once(Self::ONE_UNIT),
            Self { owners: &[0, 1], ..Self::CLOSING },
            Self { units: [2, 0], ..Self::TWO_UNITS },
            Self { owners: &[0, 0, 1], ..Self::TWO_UNITS },
            Self { keepers: KEEPERS, ..Self::PROMISED },
        ]
    }

    /// The units of the sale.
    pub fn total(&self) -> i8 {
        self.units.iter().sum()
    }
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shoppers = (0..SHOPPERS as u8).filter(|shopper| self.owners.contains(shopper)).count();
        let [first, second] = self.units;
        write!(f, "{shoppers} shopper(s) with {} requests, {first} + {second} unit(s), ", self.owners.len())?;
        write!(f, "{} worker(s), {} keeper(s)", self.workers, self.keepers)?;
        let extras = [
            (self.lost_answers, "lost answers"),
            (self.closes, "closing"),
            (self.clocks_hold, "messages are lost or poisonous, the grace time holds"),
        ];
        extras.iter().filter(|(on, _)| *on).try_for_each(|(_, what)| write!(f, ", {what}"))
    }
}
