//! A cancelled order's units, which rows of stock hold or have sold, go back (steps F3 and F3d).

use jiff::Timestamp;
use souk_domain::{
    ids::{CheckoutId, OrderId},
    order::{Order, OrderStatus},
    stock::{GivingBack, RowKey},
};
use souk_dynamo::{StoreError, Transaction, TransactionOutcome};
use souk_inventory::StockRows;
use souk_orders::Orders;
use souk_wiring::FromEnvironment;

use crate::holds::keys;

/// So often the order may change while a row's units come back.
const ATTEMPTS: usize = 8;

/// Orders and rows.
#[derive(Debug, FromEnvironment)]
pub struct GiveBackHolds {
    orders: Orders,
    stock: StockRows,
}

impl GiveBackHolds {
    /// A use case of these parts.
    pub fn new(orders: Orders, stock: StockRows) -> Self {
        Self { orders, stock }
    }

    /// Each row gives back what it holds, or what had left it, without what was missing; then the order says so. An order
    /// that is not cancelled, or whose units no rows hold, is left alone.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn run(&self, order_id: &OrderId, now: Timestamp) -> Result<(), StoreError> {
        let Some(order) = self.orders.get(order_id).await? else { return Ok(()) };
        let Some(checkout) = order.origin.checkout() else { return Ok(()) };
        let Some(lines) = checkout.held_by.rows() else { return Ok(()) };
        if order.status != OrderStatus::Cancelled || order.stock.is_back {
            return Ok(());
        }
        for row in keys(lines) {
            self.give_back(&order, &checkout.checkout_id, &row, now).await?;
        }
        self.orders.say_stock_is_back(order_id, now).await
    }

    async fn give_back(
        &self,
        order: &Order,
        checkout_id: &CheckoutId,
        row: &RowKey,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let was_confirmed = order.confirmed_at().is_some();
        let missing = order.missing_of(row);
        match self.stock.give_back(row, checkout_id, was_confirmed, missing, now).await?.map(|found| found.outcome) {
            Some(GivingBack::Back) | None => Ok(()),
            Some(GivingBack::Forgotten) => self.return_forgotten(&order.order_id, checkout_id, row, now).await,
        }
    }

    /// The row has forgotten the sale: the order knows what left, and lists the row in the same transaction.
    async fn return_forgotten(
        &self,
        order_id: &OrderId,
        checkout_id: &CheckoutId,
        row: &RowKey,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        for _ in 0..ATTEMPTS {
            let Some(order) = self.orders.get(order_id).await? else { return Ok(()) };
            let units = order.stock.units_of(row);
            if order.stock.is_back || order.stock.returned.contains(row) || units == 0 {
                return Ok(());
            }
            let back = units.saturating_sub(order.missing_of(row));
            let transaction = self.orders.returning(Transaction::new(), &order, row)?;
            let transaction = self.stock.returning(transaction, row, checkout_id, back, now)?;
            match transaction.commit(self.stock.client()).await {
                Ok(TransactionOutcome::Committed { .. }) => return Ok(()),
                Ok(TransactionOutcome::Refused(_)) | Err(StoreError::Busy(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Busy(format!("{order_id} or its rows are being written by others")))
    }
}
