use souk_domain::{
    ids::Sku,
    money::{Currency, Money, Unpayable},
    quantity::Quantity,
};
use souk_dynamo::{Outcome, StoreError, Update, attribute, n};

use crate::{PricedSku, Prices, offer::PriceImage};

/// At which price a SKU is sold, and how much of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// What one unit costs.
    pub price: Money,
    /// The most units of one order; no more than a line may have where there is no limit.
    pub max_per_order: Option<Quantity>,
}

impl Terms {
    /// A price without a limit.
    pub fn at(price: Money) -> Self {
        Self { price, max_per_order: None }
    }
}

impl PricedSku {
    fn of(sku: &Sku, terms: Terms, version: u64) -> Self {
        Self { sku: sku.clone(), price: terms.price, max_per_order: terms.max_per_order, version }
    }

    fn terms(&self) -> Terms {
        Terms { price: self.price, max_per_order: self.max_per_order }
    }
}

/// How setting a price ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum SetPriceOutcome {
    /// The SKU had no price.
    Created(PricedSku),
    /// It had another.
    Changed(PricedSku),
    /// It had this one; nothing was written.
    Unchanged(PricedSku),
    /// It has a price, and the caller named no version of it.
    VersionNeeded(PricedSku),
    /// It has another version than the caller named; `None` where it has no price.
    Stale(Option<PricedSku>),
    /// Nobody could pay it here.
    Refused(PriceError),
}

/// A price at which nothing can be sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PriceError {
    /// The shop sells in another currency.
    #[error("must be {0}, in which this shop sells")]
    OtherCurrency(Currency),
    /// The gateway does not charge it.
    #[error(transparent)]
    Unpayable(#[from] Unpayable),
}

impl PriceError {
    /// Which field of the price is wrong.
    pub fn field(self) -> &'static str {
        match self {
            Self::OtherCurrency(_) => "currency",
            Self::Unpayable(_) => "amount",
        }
    }
}

impl Prices {
    /// Sets a SKU's price and limit. Without `seen` it only creates; with it, it only changes that version.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating then answers `Unchanged` to a
    /// creation and `Stale` to a change, with the price that was set.
    pub async fn set(&self, sku: &Sku, terms: Terms, seen: Option<u64>) -> Result<SetPriceOutcome, StoreError> {
        if let Err(why) = self.check(terms.price) {
            return Ok(SetPriceOutcome::Refused(why));
        }
        match seen {
            None => self.create(sku, terms).await,
            Some(seen) => self.change(sku, terms, seen).await,
        }
    }

    /// The same price, where this shop can sell at it.
    ///
    /// # Errors
    /// [`PriceError`].
    pub fn check(&self, price: Money) -> Result<Money, PriceError> {
        if price.currency() != self.currency() {
            return Err(PriceError::OtherCurrency(self.currency()));
        }
        Ok(price.payable()?)
    }

    async fn create(&self, sku: &Sku, terms: Terms) -> Result<SetPriceOutcome, StoreError> {
        let update = Update::new()
            .set("price", souk_dynamo::value(&terms.price)?)
            .set_some("max_per_order", terms.max_per_order.map(|most| n(most.get())))
            .set("version", n(1))
            .when(attribute("price").is_absent());
        match self.table.update(&[("sku", sku.as_str())], update).await? {
            Outcome::Written(_) => Ok(SetPriceOutcome::Created(PricedSku::of(sku, terms, 1))),
            Outcome::Refused(item) => match priced(item)? {
                // Putting what is there is no change: a client whose answer was lost may repeat it.
                Some(present) if present.terms() == terms => Ok(SetPriceOutcome::Unchanged(present)),
                Some(present) => Ok(SetPriceOutcome::VersionNeeded(present)),
                None => Err(StoreError::corrupt(format!("the price of {sku} is there and has no version"))),
            },
        }
    }

    /// One conditional write, which an equal price never reaches: its version must not rise.
    async fn change(&self, sku: &Sku, terms: Terms, seen: u64) -> Result<SetPriceOutcome, StoreError> {
        let stored = souk_dynamo::value(&terms.price)?;
        let limit = attribute("max_per_order");
        let update = Update::new().set("price", stored.clone()).add("version", n(1));
        let (update, limit_differs) = match terms.max_per_order.map(|most| n(most.get())) {
            // An attribute that is absent differs from every value.
            Some(most) => (update.set(limit.clone(), most.clone()), limit.differs_from(most)),
            None => (update.remove(limit.clone()), limit.exists()),
        };
        let update = update
            .when(attribute("version").equals(n(seen)))
            .when(attribute("price").differs_from(stored).or(limit_differs));
        match self.table.update(&[("sku", sku.as_str())], update).await? {
            Outcome::Written(_) => Ok(SetPriceOutcome::Changed(PricedSku::of(sku, terms, seen + 1))),
            Outcome::Refused(item) => Ok(match priced(item)? {
                Some(present) if present.version == seen => SetPriceOutcome::Unchanged(present),
                present => SetPriceOutcome::Stale(present),
            }),
        }
    }
}

fn priced(item: Option<souk_dynamo::Item>) -> Result<Option<PricedSku>, StoreError> {
    let item: Option<PriceImage> = item.map(souk_dynamo::decode).transpose()?;
    Ok(item.and_then(|item| item.priced()))
}
