//! A cart as its owner sees it, with titles and prices of this moment. They are for show: whoever
//! checks out gets prices that are read then.

use serde::Serialize;
use souk_cart::Cart;
use souk_domain::{
    ids::{CheckoutId, Sku},
    money::{Currency, Money},
    quantity::Quantity,
};
use souk_dynamo::StoreError;
use souk_orders::Checkout;
use souk_pricing::Prices;
use souk_runtime::http::Response;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Cart)]
pub(crate) struct CartView {
    lines: Vec<LineView>,
    version: u64,
    /// The sum of what can be bought; missing where a line cannot, or where it is more than can be paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    subtotal: Option<Money>,
    /// Lines of the guest's cart that found no place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<Sku>,
    /// The checkout that is open for the cart as it is: `POST /checkouts` without lines finds it again. Only `GET /cart`
    /// names it, and one that was made a moment ago it may not name yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    checkout_id: Option<CheckoutId>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CartLine)]
struct LineView {
    sku: Sku,
    quantity: Quantity,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// What sets the variant apart, where anything does.
    #[serde(skip_serializing_if = "Option::is_none")]
    variant: Option<String>,
    /// Missing where the SKU cannot be bought now.
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<Money>,
}

impl CartView {
    pub(crate) async fn of(cart: &Cart, prices: &Prices) -> Result<Self, StoreError> {
        let offers = prices.get_many(cart.lines.keys()).await?;
        let lines = cart.lines.iter().map(|(sku, line)| {
            let offer = offers.get(sku);
            LineView {
                sku: sku.clone(),
                quantity: line.quantity,
                title: offer.and_then(|offer| offer.title.clone()),
                variant: offer.and_then(|offer| offer.variant.clone()),
                price: offer.and_then(|offer| offer.sellable_at()),
            }
        });
        let lines: Vec<_> = lines.collect();
        let subtotal = subtotal(&lines, prices.currency());
        Ok(Self { subtotal, lines, version: cart.version, left_out: Vec::new(), checkout_id: None })
    }

    pub(crate) fn leaving_out(self, left_out: Vec<Sku>) -> Self {
        Self { left_out, ..self }
    }

    pub(crate) fn naming(self, checkout: Option<Checkout>) -> Self {
        Self { checkout_id: checkout.map(|checkout| checkout.checkout_id), ..self }
    }

    pub(crate) fn answer(&self) -> Response {
        Response::json(200, self)
    }
}

fn subtotal(lines: &[LineView], currency: Currency) -> Option<Money> {
    lines.iter().try_fold(Money::nothing(currency), |sum, line| sum.plus(line.price?.times(line.quantity).ok()?).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subtotal_stands_only_where_every_line_can_be_bought() {
        let quantity = Quantity::new(2).unwrap();
        let line = |price| LineView { sku: "a".parse().unwrap(), quantity, title: None, variant: None, price };
        let price = Money::usd(150).ok();
        let subtotal = |lines: &[LineView]| super::subtotal(lines, Currency::USD);
        assert_eq!(subtotal(&[line(price), line(price)]), Money::usd(600).ok());
        assert_eq!(subtotal(&[line(price), line(None)]), None);
        assert_eq!(subtotal(&[]), Money::usd(0).ok());
        assert_eq!(subtotal(&[line(Money::usd(99_999_999).ok())]), None);
    }
}
