use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

use jiff::{SignedDuration, Timestamp};
use souk_domain::ids::Sku;
use souk_dynamo::StoreError;
use souk_wiring::{ConfigError, Environment, FromEnvironment};

use crate::{Offer, Prices};

/// How old an offer may be that a warm function answers from.
const MAX_AGE: SignedDuration = SignedDuration::from_secs(5);
/// How many SKUs are kept in mind. Beyond, all are forgotten: they are what flash sales sell, so few.
const SKUS: usize = 256;

/// Offers as they were some seconds ago, for where a crowd asks for the same one: nearly all answers cost the store
/// nothing. What is withdrawn is sold for as long as that, and no longer.
#[derive(Debug)]
pub struct RecentOffers {
    prices: Prices,
    known: RwLock<HashMap<Sku, (Timestamp, Offer)>>,
}

impl FromEnvironment for RecentOffers {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Prices::from_environment(environment).await.map(Self::new)
    }
}

impl RecentOffers {
    /// Nothing is known yet.
    pub fn new(prices: Prices) -> Self {
        Self { prices, known: RwLock::default() }
    }

    /// The offer as it was at most five seconds ago.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn get(&self, sku: &Sku, now: Timestamp) -> Result<Offer, StoreError> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).get(sku).cloned();
        if let Some((at, offer)) = known
            && now.duration_since(at).abs() < MAX_AGE
        {
            return Ok(offer);
        }
        let offer = self.prices.get_many([sku]).await?.remove(sku).unwrap_or_default();
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= SKUS {
            known.clear();
        }
        known.insert(sku.clone(), (now, offer.clone()));
        Ok(offer)
    }
}
