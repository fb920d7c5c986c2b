use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::bytes32::{Bytes32, Bytes32Error};

/// Public randomness that nobody knew before the opening: the operator cannot try keys until one
/// favours somebody, and nobody can choose accounts by the place they will get.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beacon {
    round: u64,
    randomness: Bytes32,
}

impl Beacon {
    /// The beacon of a round.
    ///
    /// # Errors
    /// [`Bytes32Error`] where the randomness is not 32 bytes in hexadecimal.
    pub fn new(round: u64, randomness: &str) -> Result<Self, Bytes32Error> {
        Ok(Self { round, randomness: randomness.parse()? })
    }

    /// Its number in the chain.
    pub fn round(&self) -> u64 {
        self.round
    }

    /// Its randomness, in hexadecimal.
    pub fn randomness(&self) -> String {
        self.randomness.to_string()
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.randomness.0
    }
}

/// The chain of public beacons: quicknet, of the League of Entropy.
pub mod drand {
    use super::Timestamp;

    /// The chain's hash: its name.
    pub const CHAIN: &str = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971";
    /// When its first round came (seconds of the epoch).
    pub const GENESIS: i64 = 1_692_803_367;
    /// Seconds from one round to the next.
    pub const PERIOD: i64 = 3;

    /// The first round that comes at this time or after it.
    pub fn round_at_or_after(time: Timestamp) -> u64 {
        let since_ms = u64::try_from(time.as_millisecond() - GENESIS * 1000).unwrap_or(0);
        1 + since_ms.div_ceil(PERIOD.unsigned_abs() * 1000)
    }

    /// When a round comes.
    pub fn time_of(round: u64) -> Timestamp {
        let periods = i64::try_from(round.saturating_sub(1)).unwrap_or(i64::MAX);
        let second = periods.saturating_mul(PERIOD).saturating_add(GENESIS);
        Timestamp::from_second(second).unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_comes_every_three_seconds_and_the_opening_waits_for_the_next() {
        let genesis_ms = drand::GENESIS * 1000;
        let round = |ms: i64| drand::round_at_or_after(Timestamp::from_millisecond(genesis_ms + ms).unwrap());
        assert_eq!([-5000, 0, 1, 2999, 3000, 3001, 6000].map(round), [1, 1, 2, 2, 2, 3, 3]);
        assert_eq!(drand::time_of(1000).to_string(), "2023-08-23T15:59:24Z");
        assert_eq!(drand::time_of(u64::MAX), Timestamp::MAX);
    }

    #[test]
    fn rounds_and_times_belong_together() {
        for round in [1, 2, 1000, 40_000_000] {
            assert_eq!(drand::round_at_or_after(drand::time_of(round)), round);
        }
    }

    #[test]
    fn what_is_stored_is_what_is_read() {
        // Round 1000 of the chain.
        let randomness = "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd";
        let beacon = Beacon::new(1000, randomness).unwrap();
        assert_eq!((beacon.round(), beacon.randomness().as_str()), (1000, randomness));
        let stored = serde_json::to_value(beacon).unwrap();
        assert_eq!(stored, serde_json::json!({"round": 1000, "randomness": randomness}));
        assert_eq!(serde_json::from_value::<Beacon>(stored).unwrap(), beacon);
        assert!(Beacon::new(1000, "fe29").is_err());
    }
}
