use souk_domain::{ids::Sku, money::Money};
use souk_dynamo::{Outcome, StoreError, Update, attribute, n};

use crate::{PricedSku, Prices, offer::PriceImage};

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
}

impl Prices {
    /// Sets a SKU's price. Without `seen` it only creates; with it, it only changes that version.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating then answers `Unchanged` to a
    /// creation and `Stale` to a change, with the price that was set.
    pub async fn set(&self, sku: &Sku, price: Money, seen: Option<u64>) -> Result<SetPriceOutcome, StoreError> {
        match seen {
            None => self.create(sku, price).await,
            Some(seen) => self.change(sku, price, seen).await,
        }
    }

    async fn create(&self, sku: &Sku, price: Money) -> Result<SetPriceOutcome, StoreError> {
        let update = Update::new()
            .set("price", souk_dynamo::value(&price)?)
            .set("version", n(1))
            .when(attribute("price").is_absent());
        match self.table.update(&[("sku", sku.as_str())], update).await? {
            Outcome::Written(_) => Ok(SetPriceOutcome::Created(PricedSku { sku: sku.clone(), price, version: 1 })),
            Outcome::Refused(item) => match priced(item)? {
                // Putting what is there is no change: a client whose answer was lost may repeat it.
                Some(present) if present.price == price => Ok(SetPriceOutcome::Unchanged(present)),
                Some(present) => Ok(SetPriceOutcome::VersionNeeded(present)),
                None => Err(StoreError::corrupt(format!("the price of {sku} is there and has no version"))),
            },
        }
    }

    /// One conditional write, which an equal price never reaches: its version must not rise.
    async fn change(&self, sku: &Sku, price: Money, seen: u64) -> Result<SetPriceOutcome, StoreError> {
        let stored = souk_dynamo::value(&price)?;
        let update = Update::new()
            .set("price", stored.clone())
            .add("version", n(1))
            .when(attribute("version").equals(n(seen)))
            .when(attribute("price").differs_from(stored));
        match self.table.update(&[("sku", sku.as_str())], update).await? {
            Outcome::Written(_) => {
                Ok(SetPriceOutcome::Changed(PricedSku { sku: sku.clone(), price, version: seen + 1 }))
            }
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
