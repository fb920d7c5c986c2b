use std::fmt;

use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Beacon, Cohort, Position, ShopperKey, bytes32::Bytes32};
use crate::ids::FlashSaleId;

/// The secret under which positions are drawn. It never changes during a sale, and is published once
/// the sale is closed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LotteryKey(Bytes32);

impl LotteryKey {
    /// A key of these bytes, which must be random.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(Bytes32(bytes))
    }

    /// What is published before the draw, so that the key cannot be chosen afterwards.
    pub fn commitment(&self) -> Commitment {
        Commitment(Bytes32(Sha256::digest(self.0.0).into()))
    }

    /// The key itself, in hexadecimal, for its publication.
    pub fn reveal(&self) -> String {
        self.0.to_string()
    }

    /// A draw under this key among texts, already fed with these parts.
    pub(super) fn keyed_hash(&self, parts: &[&[u8]]) -> KeyedHash {
        // HMAC pads a key with zeros to the hash's block: padded here, no length can be wrong.
        let mut block = [0; 64];
        block[..32].copy_from_slice(&self.0.0);
        let mut mac = <Hmac<Sha256> as Mac>::new(&block.into());
        parts.iter().for_each(|part| update_with_length(&mut mac, part));
        KeyedHash(mac)
    }
}

impl fmt::Debug for LotteryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LotteryKey(..)")
    }
}

/// What a sale publishes from the beginning: the SHA-256 of its lottery key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Commitment(Bytes32);

impl fmt::Display for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An HMAC-SHA256 whose common parts are hashed once, however many shoppers are asked for.
#[derive(Clone)]
pub(super) struct KeyedHash(Hmac<Sha256>);

impl KeyedHash {
    /// The hash with the last part.
    pub(super) fn of(&self, shopper: &ShopperKey) -> [u8; 32] {
        let mut mac = self.0.clone();
        update_with_length(&mut mac, shopper.as_str().as_bytes());
        mac.finalize().into_bytes().into()
    }
}

/// Parts are hashed with their lengths, so that they do not run together.
fn update_with_length(mac: &mut Hmac<Sha256>, part: &[u8]) {
    mac.update(&(part.len() as u64).to_be_bytes());
    mac.update(part);
}

/// The draw of one sale, ready to be asked for many shoppers.
#[derive(Clone)]
pub struct Lottery {
    hash: KeyedHash,
}

impl Lottery {
    /// The draw under a key and the beacon of the opening. Without a beacon it is only as fair as
    /// whoever chose the key, and the sale says openly that there was none.
    pub fn new(key: &LotteryKey, beacon: Option<&Beacon>, sale: &FlashSaleId) -> Self {
        let randomness = beacon.map_or(&[][..], Beacon::bytes);
        Self { hash: key.keyed_hash(&[randomness, sale.as_str().as_bytes()]) }
    }

    /// The shopper's fraction, counting 2^-32. It depends on nothing that they could repeat or change.
    pub fn fraction(&self, shopper: &ShopperKey) -> u32 {
        let hash = self.hash.of(shopper);
        u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
    }

    /// The shopper's position, given the cohort in which they joined.
    pub fn position(&self, cohort: Cohort, shopper: &ShopperKey) -> Position {
        Position::new(cohort, self.fraction(shopper))
    }
}

impl fmt::Debug for Lottery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lottery(..)")
    }
}
