//! How far the model goes.

use std::fmt;

/// How many warehouses an order leaves from.
pub const WAREHOUSES: usize = 2;
/// How many runs there are at once at the most.
pub const RUNS: usize = 3;

/// How much may happen. Kills, cancellations, sweepers and webhooks are never counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// How many units leave from each warehouse, at a price of one each.
    pub units: [u8; WAREHOUSES],
    /// How many functions run at once, of whatever kind.
    pub at_once: usize,
    /// Whether units may turn out to be missing.
    pub shortages: bool,
    /// How many refunds operators ask for: the first of one unit's price, the second of all that is left.
    pub asked: u8,
    /// Whether somebody refunds at the gateway's console.
    pub console: bool,
    /// Whether the bank may send a refund back, and the gateway refuse one.
    pub failures: bool,
    /// Whether the gateway may refuse to capture, keep a call for later, and let an authorisation lapse.
    pub troubles: bool,
}

impl Bounds {
    /// Parcels and missing units, with all troubles of the capture.
    pub const PARCELS: Self =
        Self { units: [1, 1], at_once: 2, shortages: true, asked: 0, console: false, failures: false, troubles: true };
    /// Refunds of all kinds, of two units that leave together.
    pub const REFUNDS: Self = Self {
        units: [2, 0],
        shortages: false,
        asked: 1,
        console: true,
        failures: true,
        troubles: false,
        ..Self::PARCELS
    };

    /// What the order costs.
    pub fn total(&self) -> u8 {
        self.units.iter().sum()
    }

    /// What the tests explore: seconds each.
    pub fn quick() -> Vec<Self> {
        vec![
            Self { at_once: 1, ..Self::PARCELS },
            Self { troubles: false, ..Self::PARCELS },
            Self { at_once: 1, ..Self::REFUNDS },
            Self { failures: false, ..Self::REFUNDS },
        ]
    }

    /// What a developer explores: minutes each, and some gigabytes of memory.
    pub fn exhaustive() -> Vec<Self> {
        vec![
            Self::PARCELS,
            Self { units: [2, 1], troubles: false, ..Self::PARCELS },
            Self { console: false, ..Self::REFUNDS },
            Self { at_once: 1, asked: 2, ..Self::REFUNDS },
            Self { at_once: 1, units: [1, 1], shortages: true, ..Self::REFUNDS },
            Self { units: [1, 1], console: false, ..Self::REFUNDS },
            Self { units: [1, 1], failures: false, ..Self::REFUNDS },
        ]
    }
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second] = self.units;
        if second > 0 {
            write!(f, "{first} + {second} unit(s) from two warehouses")?;
        } else {
            write!(f, "{first} unit(s) from one warehouse")?;
        }
        write!(f, ", {} run(s) at once", self.at_once)?;
        if self.asked > 0 {
            write!(f, ", {} refund(s) asked for", self.asked)?;
        }
        let extras = [
            (self.shortages, "units missing"),
            (self.console, "a refund at the console"),
            (self.failures, "refunds fail"),
            (self.troubles, "captures refused, late, lapsed"),
        ];
        extras.iter().filter(|(on, _)| *on).try_for_each(|(_, what)| write!(f, ", {what}"))
    }
}
