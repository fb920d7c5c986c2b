use serde::{Deserialize, Serialize};
use souk_domain::{ids::Sku, money::Money};
use utoipa::ToSchema;

/// What is known of a SKU here. A SKU that nobody has mentioned is [`Offer::default`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Offer {
    /// What one unit costs, where a price was set.
    pub price: Option<Money>,
    /// The product's title, where the catalog has published it.
    pub title: Option<String>,
    /// True where the catalog has withdrawn the SKU.
    pub withdrawn: bool,
}

impl Offer {
    /// The price at which it can be bought now. A SKU that the catalog has not mentioned yet can be
    /// bought where it has a price; a withdrawn one cannot.
    pub fn sellable_at(&self) -> Option<Money> {
        self.price.filter(|_| !self.withdrawn)
    }

    /// True where neither a price nor the catalog knows the SKU.
    pub fn is_unknown(&self) -> bool {
        self.price.is_none() && self.title.is_none() && !self.withdrawn
    }
}

/// A SKU's price with its version, as operators see it and as it is published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PricedSku {
    /// Which SKU.
    pub sku: Sku,
    /// What one unit costs.
    pub price: Money,
    /// +1 at every change of the price.
    pub version: u64,
}

/// The item as it is stored and streamed. Either owner's attributes may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PriceImage {
    pub(crate) sku: Sku,
    price: Option<Money>,
    version: Option<u64>,
    title: Option<String>,
    #[serde(default)]
    withdrawn: bool,
}

impl PriceImage {
    /// The price, where the item has more than a title yet.
    pub fn priced(&self) -> Option<PricedSku> {
        Some(PricedSku { sku: self.sku.clone(), price: self.price?, version: self.version? })
    }
}

impl From<PriceImage> for Offer {
    fn from(item: PriceImage) -> Self {
        Self { price: item.price, title: item.title, withdrawn: item.withdrawn }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_bought_has_a_price_and_is_not_withdrawn() {
        let price = Money::usd(500).unwrap();
        let unheard_of = Offer { price: Some(price), ..Offer::default() };
        assert_eq!(unheard_of.sellable_at(), Some(price));
        assert_eq!(Offer { withdrawn: true, ..unheard_of.clone() }.sellable_at(), None);
        assert_eq!(Offer { price: None, title: Some("t".into()), withdrawn: false }.sellable_at(), None);
        assert!(Offer::default().is_unknown());
        assert!(!unheard_of.is_unknown());
    }
}
