//! An operator defines a flash sale, or changes one before its opening. Its units leave stock for its
//! shards with that.

use souk_domain::{
    flash_sale::{FlashSaleStatus, FlashSaleTerms},
    ids::FlashSaleId,
    stock::Shortage,
};
use souk_dynamo::StoreError;
use souk_flash_sales::{ChangeOutcome, DefineOutcome, FlashSale, new_lottery_key};
use souk_pricing::{PriceError, Prices};
use souk_wiring::{Call, FromEnvironment};

use crate::{FlashSaleStock, conductors::Conductors, prepare_flash_sale::Preparation};

/// The sale with its stock, and its conductors for when it opens soon.
#[derive(Debug, FromEnvironment)]
pub struct DefineFlashSale {
    stock: FlashSaleStock,
    prices: Prices,
    conductors: Conductors,
}

/// How it ended.
#[derive(Debug)]
#[must_use]
pub enum Outcome {
    /// A new sale, whose units lie in its shards.
    Defined(Box<FlashSale>),
    /// A sale that was there, with these terms now.
    Changed(Box<FlashSale>),
    /// There is another sale of this id: its version must be named to change it.
    VersionNeeded(u64),
    /// A version was named, and there is no sale.
    NothingToMatch,
    /// It is of this version now, not of the one that was named.
    Stale(u64),
    /// Nothing can be sold at its price here.
    Price(PriceError),
    /// No product has its SKU.
    UnknownSku,
    /// The product is withdrawn.
    NotForSale,
    /// It was to open in the past.
    OpensInThePast,
    /// This field is fixed, because the units have left stock.
    Fixed(&'static str),
    /// It stands where nothing can be changed any more.
    TooLate(FlashSaleStatus),
    /// There is too little stock: the sale never was.
    OutOfStock(Shortage),
    /// Others were in the way: try again.
    Busy,
    /// There is no such sale any more.
    Unknown,
}

impl DefineFlashSale {
    /// Defines the sale, or changes the one whose version was `seen`. SKU and units are fixed from then on.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; the same call again is safe.
    pub async fn run(
        &self,
        sale_id: &FlashSaleId,
        terms: &FlashSaleTerms,
        seen: Option<u64>,
        call: &Call,
    ) -> Result<Outcome, StoreError> {
        if let Err(why) = self.prices.check(terms.price()) {
            return Ok(Outcome::Price(why));
        }
        let offer = self.prices.get_many([terms.sku()]).await?.remove(terms.sku()).unwrap_or_default();
        match (self.stock.sales.get(sale_id).await?, seen) {
            (None, None) if offer.is_unknown() => Ok(Outcome::UnknownSku),
            (None, None) if !offer.is_listed() => Ok(Outcome::NotForSale),
            (None, None) => self.define(sale_id, terms, call).await,
            (None, Some(_)) => Ok(Outcome::NothingToMatch),
            // The same once more: an earlier call may have died on the way.
            (Some(sale), None) if sale.terms == *terms => self.ready(sale, Outcome::Changed, call).await,
            (Some(sale), None) => Ok(Outcome::VersionNeeded(sale.version)),
            (Some(_), Some(version)) => self.change(sale_id, terms, version, call).await,
        }
    }

    async fn define(&self, sale_id: &FlashSaleId, terms: &FlashSaleTerms, call: &Call) -> Result<Outcome, StoreError> {
        if terms.opens_at() <= call.now {
            return Ok(Outcome::OpensInThePast);
        }
        let key = new_lottery_key()?;
        match self.stock.sales.define(sale_id, terms, &key, call.now).await? {
            DefineOutcome::Defined(sale) => self.ready(*sale, Outcome::Defined, call).await,
            DefineOutcome::Exists(sale) if sale.terms == *terms => self.ready(*sale, Outcome::Changed, call).await,
            DefineOutcome::Exists(sale) => Ok(Outcome::VersionNeeded(sale.version)),
            DefineOutcome::Contention => Ok(Outcome::Busy),
        }
    }

    async fn change(
        &self,
        sale_id: &FlashSaleId,
        terms: &FlashSaleTerms,
        version: u64,
        call: &Call,
    ) -> Result<Outcome, StoreError> {
        match self.stock.sales.change(sale_id, terms, version, call.now).await? {
            ChangeOutcome::Changed(sale) | ChangeOutcome::Unchanged(sale) => {
                self.ready(*sale, Outcome::Changed, call).await
            }
            ChangeOutcome::Stale(sale) => Ok(Outcome::Stale(sale.version)),
            ChangeOutcome::Fixed(field) => Ok(Outcome::Fixed(field)),
            ChangeOutcome::TooLate(status) => Ok(Outcome::TooLate(status)),
            ChangeOutcome::Contention => Ok(Outcome::Busy),
            ChangeOutcome::Unknown => Ok(Outcome::Unknown),
        }
    }

    /// The sale with its units in shards. One that finds too little stock is withdrawn.
    async fn ready(
        &self,
        sale: FlashSale,
        outcome: fn(Box<FlashSale>) -> Outcome,
        call: &Call,
    ) -> Result<Outcome, StoreError> {
        Ok(match self.stock.prepare(&sale, call.now).await? {
            Preparation::Ready => match self.stock.sales.get(&sale.sale_id).await? {
                Some(sale) => {
                    self.conductors.start_before(&sale.sale_id, sale.terms.opens_at(), call).await;
                    outcome(Box::new(sale))
                }
                None => Outcome::Unknown,
            },
            Preparation::OutOfStock(shortage) => {
                self.stock.sales.withdraw(&sale.sale_id).await?;
                Outcome::OutOfStock(shortage)
            }
            Preparation::Busy => Outcome::Busy,
            Preparation::Unknown => Outcome::Unknown,
        })
    }
}
