use std::{fmt, str::FromStr};

use hmac::{Hmac, Mac as _};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Cohort, Position, ShopperKey};
use crate::ids::SaleId;

/// The chain of public beacons: drand's quicknet.
pub const DRAND_CHAIN: &str = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971";

/// Not 32 bytes in hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 64 lower-case hexadecimal digits")]
pub struct SecretError;

fn from_hex(text: &str) -> Result<[u8; 32], SecretError> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).map_err(|_| SecretError)?;
    if hex::encode(bytes) == text { Ok(bytes) } else { Err(SecretError) }
}

macro_rules! hex_serde {
    ($name:ident) => {
        impl FromStr for $name {
            type Err = SecretError;
            fn from_str(text: &str) -> Result<Self, SecretError> {
                from_hex(text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = SecretError;
            fn try_from(text: String) -> Result<Self, SecretError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                hex::encode(value.0)
            }
        }
    };
}

/// The secret under which positions are drawn. It never changes during a sale, and is published once
/// the sale is closed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LotteryKey([u8; 32]);

hex_serde!(LotteryKey);

impl LotteryKey {
    /// A key of these bytes, which must be random.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// What is published before the draw, so that the key cannot be chosen afterwards.
    pub fn commitment(&self) -> Commitment {
        Commitment(Sha256::digest(self.0).into())
    }

    /// The key itself, for its publication and its storage.
    pub fn reveal(&self) -> String {
        hex::encode(self.0)
    }

    /// An HMAC under this key, already fed with these parts.
    pub(super) fn mac(&self, parts: &[&[u8]]) -> Hmac<Sha256> {
        // HMAC pads a key with zeros to the hash's block: padded here, no length can be wrong.
        let mut block = [0; 64];
        block[..32].copy_from_slice(&self.0);
        let mut mac = <Hmac<Sha256> as hmac::digest::KeyInit>::new(&block.into());
        for part in parts {
            feed(&mut mac, part);
        }
        mac
    }
}

/// Parts are fed with their lengths, so that they do not run together.
pub(super) fn feed(mac: &mut Hmac<Sha256>, part: &[u8]) {
    mac.update(&(part.len() as u64).to_be_bytes());
    mac.update(part);
}

impl fmt::Debug for LotteryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LotteryKey(..)")
    }
}

/// The SHA-256 of a lottery key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Commitment([u8; 32]);

hex_serde!(Commitment);

impl fmt::Display for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
struct Randomness([u8; 32]);

hex_serde!(Randomness);

/// Public randomness that nobody knew before the opening: the operator cannot try keys until one
/// favours somebody, and nobody can choose accounts by the place they will get.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beacon {
    /// The beacon's number in its chain.
    round: u64,
    /// Its randomness.
    randomness: Randomness,
}

impl Beacon {
    /// The beacon of a round.
    ///
    /// # Errors
    /// [`SecretError`] where the randomness is not 32 bytes in hexadecimal.
    pub fn new(round: u64, randomness: &str) -> Result<Self, SecretError> {
        Ok(Self { round, randomness: randomness.parse()? })
    }

    /// The beacon's number in its chain.
    pub fn round(&self) -> u64 {
        self.round
    }

    /// Its randomness, in hexadecimal.
    pub fn randomness(&self) -> String {
        self.randomness.into()
    }
}

/// When drand's quicknet speaks.
pub mod drand {
    use super::Timestamp;

    /// When the first round came (seconds of the epoch).
    pub const GENESIS: i64 = 1_692_803_367;
    /// Seconds from one round to the next.
    pub const PERIOD: i64 = 3;

    /// The first round that comes at this time or after it.
    pub fn round_at_or_after(time: Timestamp) -> u64 {
        let since = time.as_millisecond() - GENESIS * 1000;
        let period = PERIOD * 1000;
        let periods = since.max(0) / period + i64::from(since.max(0) % period > 0);
        u64::try_from(periods + 1).unwrap_or(1)
    }

    /// When a round comes.
    pub fn time_of(round: u64) -> Timestamp {
        let periods = i64::try_from(round.saturating_sub(1)).unwrap_or(i64::MAX);
        let second = periods.saturating_mul(PERIOD).saturating_add(GENESIS);
        Timestamp::from_second(second).unwrap_or(Timestamp::MAX)
    }
}

/// The draw of one sale, ready to be asked for many shoppers.
#[derive(Clone)]
pub struct Lottery {
    mac: Hmac<Sha256>,
}

impl Lottery {
    /// The draw under a key and the beacon of the opening. Without a beacon it is only as fair as
    /// whoever chose the key, and the sale says openly that there was none.
    pub fn new(key: &LotteryKey, beacon: Option<&Beacon>, sale: &SaleId) -> Self {
        let randomness = beacon.map_or(&[][..], |beacon| &beacon.randomness.0);
        Self { mac: key.mac(&[randomness, sale.as_str().as_bytes()]) }
    }

    /// The shopper's fraction, counting 2^-32. It depends on nothing that he could repeat or change.
    pub fn fraction(&self, shopper: &ShopperKey) -> u32 {
        let mut mac = self.mac.clone();
        feed(&mut mac, shopper.as_str().as_bytes());
        let tag = mac.finalize().into_bytes();
        u32::from_be_bytes([tag[0], tag[1], tag[2], tag[3]])
    }

    /// The shopper's position, given the cohort in which he joined first.
    pub fn position(&self, cohort: Cohort, shopper: &ShopperKey) -> Position {
        Position::new(cohort, self.fraction(shopper))
    }
}

impl fmt::Debug for Lottery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lottery(..)")
    }
}

/// What a closed sale publishes, so that anyone can repeat its draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draw {
    /// Which sale.
    pub sale_id: SaleId,
    /// When it opened.
    pub opens_at: Timestamp,
    /// What was published before.
    pub commitment: Commitment,
    /// The key.
    pub key: LotteryKey,
    /// The beacon of the opening.
    pub beacon: Option<Beacon>,
}

/// Why a published draw is not the one that was promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DrawError {
    /// The key was chosen afterwards.
    #[error("the key does not match its commitment")]
    KeyDoesNotMatch,
    /// The beacon could have been picked among several.
    #[error("the beacon is round {found}, but the opening's is round {wanted}")]
    WrongRound {
        /// The round at or after the opening.
        wanted: u64,
        /// The round that was published.
        found: u64,
    },
}

impl Draw {
    /// The draw, once its key matches the commitment and its beacon is the opening's. Whether the chain
    /// really spoke that randomness is asked of the chain.
    ///
    /// # Errors
    /// [`DrawError`] where one of the two is not so.
    pub fn verify(&self) -> Result<Lottery, DrawError> {
        if self.key.commitment() != self.commitment {
            return Err(DrawError::KeyDoesNotMatch);
        }
        let wanted = drand::round_at_or_after(self.opens_at);
        match &self.beacon {
            Some(beacon) if beacon.round != wanted => Err(DrawError::WrongRound { wanted, found: beacon.round }),
            beacon => Ok(Lottery::new(&self.key, beacon.as_ref(), &self.sale_id)),
        }
    }

    /// The position that this shopper must have been given.
    ///
    /// # Errors
    /// [`DrawError`] as [`Draw::verify`].
    pub fn position(&self, shopper: &ShopperKey, joined_at: Timestamp) -> Result<Position, DrawError> {
        Ok(self.verify()?.position(Cohort::of(joined_at, self.opens_at), shopper))
    }
}
