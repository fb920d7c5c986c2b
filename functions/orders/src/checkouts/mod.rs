//! Checkouts: prices and units held for a shopper for a while.

pub mod create_checkout;
pub mod delete_checkout;
pub mod get_checkout;
pub mod list_checkouts;

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{
    ids::{CheckoutId, OrderId, Sku},
    money::Money,
    order::OrderLine,
    quantity::Quantity,
};
use souk_orders::Checkout;
use souk_workflows::PriceChange;
use utoipa::ToSchema;

/// A checkout as shoppers see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Checkout)]
struct CheckoutView<'a> {
    checkout_id: &'a CheckoutId,
    lines: Vec<LineView<'a>>,
    /// What changed since the lines were put into the cart; shown once, when the checkout is made.
    changes: &'a [PriceChange],
    total: Money,
    expires_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    order_id: Option<OrderId>,
}

/// One line of a checkout or an order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrderLine)]
pub(crate) struct LineView<'a> {
    sku: &'a Sku,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    /// What sets the variant apart, where anything does.
    #[serde(skip_serializing_if = "Option::is_none")]
    variant: Option<&'a str>,
    quantity: Quantity,
    unit_price: Money,
}

impl<'a> LineView<'a> {
    pub(crate) fn all(lines: &'a [OrderLine]) -> Vec<Self> {
        let view = |line: &'a OrderLine| Self {
            sku: &line.sku,
            title: line.title.as_deref(),
            variant: line.variant.as_deref(),
            quantity: line.quantity,
            unit_price: line.unit_price,
        };
        lines.iter().map(view).collect()
    }
}

impl<'a> CheckoutView<'a> {
    fn new(checkout: &'a Checkout, changes: &'a [PriceChange]) -> Self {
        Self {
            checkout_id: &checkout.checkout_id,
            lines: LineView::all(&checkout.lines),
            changes,
            total: checkout.total,
            expires_at: checkout.expires_at,
            order_id: checkout.ordered_as(),
        }
    }
}
