//! Stock and money follow what an order says is missing: each shortage is taken down in the ledger of the row that it
//! left ("short 3"), and what was taken for it goes back ("short 4").
//!
//! The order's event calls it, as often as it comes. Where the money is not taken yet, whoever takes it takes what is
//! due then, or gives back the difference: see [`souk_payments::refund_shortfall`].

use souk_domain::{ids::OrderId, order::Order};
use souk_dynamo::{StoreError, Table};
use souk_inventory::{AdjustOutcome, MissingUnits, StockRows};
use souk_orders::Orders;
use souk_payments::{PaymentRecords, refund_shortfall};
use souk_wiring::{Call, FromEnvironment};

/// Orders, stock and money.
#[derive(Debug, FromEnvironment)]
pub struct SettleShortages {
    orders: Orders,
    stock: StockRows,
    payments: PaymentRecords,
    #[variable("ADJUSTMENTS_TABLE")]
    remembered: Table,
}

impl SettleShortages {
    /// A use case of these parts.
    pub fn new(orders: Orders, stock: StockRows, payments: PaymentRecords, remembered: Table) -> Self {
        Self { orders, stock, payments, remembered }
    }

    /// Settles an order's shortages. Repeating it changes nothing.
    ///
    /// # Errors
    /// [`StoreError`]; whoever called does it again.
    pub async fn run(&self, order_id: &OrderId, call: &Call) -> Result<(), StoreError> {
        let Some(order) = self.orders.get(order_id).await? else { return Ok(()) };
        self.take_down(&order).await?;
        refund_shortfall(&self.payments, &order, call.now).await?;
        Ok(())
    }

    async fn take_down(&self, order: &Order) -> Result<(), StoreError> {
        for (number, short) in (1..).zip(&order.shortages) {
            let missing = MissingUnits { order_id: order.order_id.clone(), number, units: short.units, at: short.at };
            match self.stock.fall_short(&self.remembered, (&short.sku, &short.warehouse_id), &missing).await? {
                AdjustOutcome::Busy => return Err(StoreError::Busy("a row of stock keeps changing".to_owned())),
                AdjustOutcome::Adjusted(_) => {}
                // The row is gone, and its ledger has ended.
                outcome => tracing::warn!(order_id = %order.order_id, ?outcome, "a shortage is in no ledger"),
            }
        }
        Ok(())
    }
}
