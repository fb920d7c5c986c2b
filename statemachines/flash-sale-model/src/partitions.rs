//! How many claims a second the partitions of a table carry.
//!
//! A partition takes 1,000 write units a second; a key belongs to one, by its hash. Claims come evenly over the
//! shards, so what is carried is told by the partition with the most shards: once it is full, requests fail.

/// Write units that a partition takes in a second.
pub const PARTITION_UNITS: f64 = 1_000.0;

/// More shards than these are not considered.
pub const MOST_SHARDS: usize = 1_000;

/// Where a sale's units are counted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Layout {
    /// What it is, in words.
    pub name: &'static str,
    /// Over how many items the counter is spread, each of its own key.
    pub counters: usize,
    /// Write units of a counter that a claim costs, on average.
    pub counter_units: f64,
    /// Write units of an item of its own that a claim costs.
    pub claim_units: f64,
}

impl Layout {
    /// Shards that hold their claims: one write of one unit, as long as the item stays below 1 KB.
    pub fn claims_in_shards(name: &'static str, units: usize, per_shard: usize) -> Self {
        Self { name, counters: units.div_ceil(per_shard), counter_units: 1.0, claim_units: 0.0 }
    }

    /// What is compared.
    pub fn all(units: usize) -> Vec<Self> {
        let plain =
            Self { name: "32 plain counters + a claim item", counters: 32, counter_units: 1.0, claim_units: 1.0 };
        vec![
            Self::claims_in_shards("claims in shards, 16 a shard", units, 16),
            Self::claims_in_shards("claims in shards, 24 a shard", units, 24),
            Self::claims_in_shards("claims in shards, 32 a shard", units, 32),
            plain,
            // A transaction writes each item twice.
            Self { name: "the same in one transaction", counter_units: 2.0, claim_units: 2.0, ..plain },
            Self { name: "the same, leases of 10 units", counter_units: 0.1, ..plain },
            Self { name: "one counter", counters: 1, claim_units: 0.0, ..plain },
            Self { name: "one counter + a claim item", counters: 1, ..plain },
        ]
    }

    /// Claims a second until the first of these partitions is full, for one hashing.
    fn carried(&self, partitions: usize, random: &mut fastrand::Rng) -> f64 {
        let mut keys = vec![0_u32; partitions];
        for _ in 0..self.counters {
            keys[random.usize(..partitions)] += 1;
        }
        let fullest = f64::from(keys.into_iter().max().unwrap_or(0));
        // The claim items are so many that each partition has its even share.
        let counters = fullest / self.counters as f64 * self.counter_units;
        PARTITION_UNITS / (counters + self.claim_units / partitions as f64)
    }

    /// The same for many hashings.
    pub fn carries(&self, partitions: usize, trials: usize, seed: u64) -> Carried {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut all: Vec<_> = (0..trials).map(|_| self.carried(partitions, &mut random)).collect();
        all.sort_by(f64::total_cmp);
        let at = |share: f64| all.get((share * trials as f64) as usize).copied().unwrap_or(f64::NAN);
        Carried { median: at(0.5), unlucky: at(0.05), mean: all.iter().sum::<f64>() / trials as f64 }
    }
}

/// Claims a second that a layout carries.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Carried {
    /// With half of the hashings it is less.
    pub median: f64,
    /// With one of twenty hashings it is less.
    pub unlucky: f64,
    /// On average.
    pub mean: f64,
}

/// The fewest shards from which on any number of them (up to [`MOST_SHARDS`]) carries so many claims a second with half
/// of the hashings; `None` where there is none.
///
/// The fewest that do at all would be a matter of luck: the fullest partition holds a whole number of shards, so that
/// one shard more may carry less.
pub fn shards_for(claims: f64, partitions: usize, trials: usize, seed: u64) -> Option<usize> {
    let carries = |counters| {
        let layout = Layout { name: "", counters, counter_units: 1.0, claim_units: 0.0 };
        layout.carries(partitions, trials, seed).median >= claims
    };
    let last_that_fails = (1..=MOST_SHARDS).rev().find(|counters| !carries(*counters));
    last_that_fails.map_or(Some(1), |counters| (counters < MOST_SHARDS).then_some(counters + 1))
}
