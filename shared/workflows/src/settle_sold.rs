//! A confirmed order is settled whose units rows of stock have sold (step S5): what left from where is kept with it.

use souk_domain::order::Order;
use souk_dynamo::StoreError;
use souk_inventory::StockRows;
use souk_orders::{Orders, SettleOutcome};
use souk_wiring::FromEnvironment;

use crate::holds::remembered;

/// Orders and rows.
#[derive(Debug, FromEnvironment)]
pub struct SettleSold {
    orders: Orders,
    stock: StockRows,
}

impl SettleSold {
    /// Settles the order, unless its decision has changed since; `None` where no rows hold its units.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn run(&self, order: &Order) -> Result<Option<SettleOutcome>, StoreError> {
        let Some(checkout) = order.origin.checkout() else { return Ok(None) };
        let Some(lines) = checkout.held_by.rows() else { return Ok(None) };
        // Rows forget what they sold only once the order is settled.
        let units = remembered(&self.stock, &checkout.checkout_id, lines).await?;
        Ok(Some(self.orders.settle_sold(&order.order_id, &units).await?))
    }
}
