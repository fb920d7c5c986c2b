//! A confirmed order is settled whose units rows of stock have sold (step S5): what left from where is kept with it, and its
//! lines leave the cart.

use souk_cart::Carts;
use souk_domain::{ids::Sku, order::Order};
use souk_dynamo::StoreError;
use souk_inventory::StockRows;
use souk_orders::{Orders, SettleOutcome};
use souk_wiring::{Call, FromEnvironment};

use crate::holds::remembered;

/// Orders, rows and carts.
#[derive(Debug, FromEnvironment)]
pub struct SettleSold {
    orders: Orders,
    stock: StockRows,
    carts: Carts,
}

impl SettleSold {
    /// Settles the order, unless its decision has changed since; `None` where no rows hold its units.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn run(&self, order: &Order, call: &Call) -> Result<Option<SettleOutcome>, StoreError> {
        let Some(checkout) = order.origin.checkout() else { return Ok(None) };
        let Some(lines) = checkout.held_by.rows() else { return Ok(None) };
        if let Some(version) = checkout.cart_version {
            let ordered: Vec<Sku> = order.lines.iter().map(|line| line.sku.clone()).collect();
            if let Err(error) = self.carts.take_ordered(&order.user_id, version, &ordered, call.now).await {
                tracing::warn!(order_id = %order.order_id, %error, "the cart still shows what was ordered");
            }
        }
        // Rows forget what they sold only once the order is settled.
        let units = remembered(&self.stock, &checkout.checkout_id, lines).await?;
        Ok(Some(self.orders.settle_sold(&order.order_id, &units).await?))
    }
}
