use serde::{Deserialize, Serialize};
use souk_domain::{
    ids::Sku,
    money::{Currency, Money},
    quantity::Quantity,
};
use utoipa::ToSchema;

/// What is known of a SKU here. A SKU that nobody has mentioned is [`Offer::default`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Offer {
    /// What one unit costs, where a price was set.
    pub price: Option<Money>,
    /// The most units of one order, where an operator has said so.
    pub max_per_order: Option<Quantity>,
    /// The product's title, where the catalog has published it.
    pub title: Option<String>,
    /// What sets the variant apart, where anything does.
    pub variant: Option<String>,
    /// True where the catalog has withdrawn the SKU.
    pub withdrawn: bool,
}

impl Offer {
    /// The price at which it can be bought now. A SKU that no product has cannot be bought, whatever its price: a
    /// slip of the pen in price and stock is not for sale. Nor can one whose product is withdrawn.
    pub fn sellable_at(&self) -> Option<Money> {
        self.price.filter(|_| self.is_listed())
    }

    /// True where a product has the SKU, and is not withdrawn.
    pub fn is_listed(&self) -> bool {
        self.title.is_some() && !self.withdrawn
    }

    /// True where no product has the SKU, nor ever had.
    pub fn is_unknown(&self) -> bool {
        self.title.is_none() && !self.withdrawn
    }

    pub(crate) fn of(item: PriceImage, currency: Currency) -> Self {
        let PriceImage { price, max_per_order, title, variant, withdrawn, .. } = item;
        // A price from before the shop sold in another currency.
        let price = price.filter(|price| price.currency() == currency);
        Self { price, max_per_order, title, variant, withdrawn }
    }
}

/// A SKU's price with its version, as operators see it and as it is published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PricedSku {
    /// Which SKU.
    pub sku: Sku,
    /// What one unit costs.
    pub price: Money,
    /// The most units of one order, where there is such a limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_per_order: Option<Quantity>,
    /// +1 at every change of the price or the limit.
    pub version: u64,
}

/// The item as it is stored and streamed. Either owner's attributes may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PriceImage {
    pub(crate) sku: Sku,
    price: Option<Money>,
    max_per_order: Option<Quantity>,
    version: Option<u64>,
    title: Option<String>,
    variant: Option<String>,
    #[serde(default)]
    withdrawn: bool,
}

impl PriceImage {
    /// The price, where the item has more than a title yet.
    pub fn priced(&self) -> Option<PricedSku> {
        Some(PricedSku {
            sku: self.sku.clone(),
            price: self.price?,
            max_per_order: self.max_per_order,
            version: self.version?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_bought_has_a_price_and_a_product() {
        let price = Money::usd(500).unwrap();
        let listed = Offer { price: Some(price), title: Some("t".into()), ..Offer::default() };
        assert_eq!(listed.sellable_at(), Some(price));
        assert_eq!(Offer { withdrawn: true, ..listed.clone() }.sellable_at(), None);
        assert_eq!(Offer { price: None, ..listed.clone() }.sellable_at(), None);
        let nobodys = Offer { price: Some(price), ..Offer::default() };
        assert_eq!(nobodys.sellable_at(), None, "no product has it");
        assert!(Offer::default().is_unknown() && nobodys.is_unknown());
        assert!(!listed.is_unknown());
    }
}
