use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Beacon, Cohort, Commitment, Lottery, LotteryKey, Position, ShopperKey, drand};
use crate::ids::FlashSaleId;

/// What a closed sale publishes, so that anyone can repeat its draw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draw {
    /// Which sale.
    pub sale_id: FlashSaleId,
    /// When it opened.
    pub opens_at: Timestamp,
    /// What was published from the beginning.
    pub commitment: Commitment,
    /// The key, published at the end.
    pub lottery_key: LotteryKey,
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
        if self.lottery_key.commitment() != self.commitment {
            return Err(DrawError::KeyDoesNotMatch);
        }
        let wanted = drand::round_at_or_after(self.opens_at);
        match &self.beacon {
            Some(beacon) if beacon.round() != wanted => Err(DrawError::WrongRound { wanted, found: beacon.round() }),
            beacon => Ok(Lottery::new(&self.lottery_key, beacon.as_ref(), &self.sale_id)),
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
