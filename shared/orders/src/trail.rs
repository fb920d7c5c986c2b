//! What an order remembers of units that rows of stock hold for it: written once, as the rows forget.

use jiff::Timestamp;
use souk_domain::{
    ids::OrderId,
    order::{Order, OrderStatus},
    stock::{RowKey, RowUnits},
};
use souk_dynamo::{Outcome, StoreError, Transaction, Update, attribute, n, s};

use crate::{OrderRecord, Orders, SettleOutcome, decisions::status_is_one_of};

/// How writing an order ended that is made of a checkout whose rows hold its units (steps O2 and T3).
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub enum PutOutcome {
    /// It is stored.
    Put,
    /// It was there before, as it stands now.
    Exists(Box<Order>),
}

impl Orders {
    /// Stores an order whose checkout is attached (O2), or the mark that its request never came (T3). Condition: absent.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn put_of_holds(&self, order: &Order) -> Result<PutOutcome, StoreError> {
        match self.table.put_if(&OrderRecord::from(order), attribute("order_id").is_absent()).await? {
            Outcome::Written(()) => Ok(PutOutcome::Put),
            Outcome::Refused(Some(item)) => {
                Ok(PutOutcome::Exists(Box::new(souk_dynamo::decode::<OrderRecord>(item)?.into())))
            }
            Outcome::Refused(None) => Err(StoreError::corrupt("an order was refused and is not there")),
        }
    }

    /// S5 of an order whose rows hold its units: as [`Orders::settle`], and what left from where, unless that is known.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn settle_sold(&self, order_id: &OrderId, units: &[RowUnits]) -> Result<SettleOutcome, StoreError> {
        let sold = [OrderStatus::Confirmed, OrderStatus::Shipped, OrderStatus::Delivered];
        let keeping = Update::new().set_if_absent("units", souk_dynamo::value(&units)?);
        self.settling(order_id, &sold, keeping).await
    }

    /// What left from where, of a settled order whose reservation knew it until now. Condition: the version that was read,
    /// and settled. True where it was written.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn remember_units(&self, order: &Order, units: &[RowUnits]) -> Result<bool, StoreError> {
        let update = Update::new()
            .set_if_absent("units", souk_dynamo::value(&units)?)
            .add("version", n(1))
            .when(attribute("version").equals(n(order.version)))
            .when(attribute("unsettled").is_absent());
        Ok(self.table.update(&[("order_id", order.order_id.as_str())], update).await?.is_written())
    }

    /// F3d: every row has its units back. Condition: `CANCELLED`.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn say_stock_is_back(&self, order_id: &OrderId, now: Timestamp) -> Result<(), StoreError> {
        let update = Update::new()
            .set("stock_back", n(now.as_millisecond()))
            .add("version", n(1))
            .when(status_is_one_of([OrderStatus::Cancelled]))
            .when(attribute("stock_back").is_absent());
        match self.table.update(&[("order_id", order_id.as_str())], update).await? {
            Outcome::Written(_) | Outcome::Refused(_) => Ok(()),
        }
    }

    /// F3, where a row has forgotten the sale: the order's part of the transaction in which its units come back.
    /// Condition: `CANCELLED` as it was read, stock not said to be back, and the row not listed.
    ///
    /// # Errors
    /// [`StoreError`] where it cannot be written at all.
    pub fn returning(&self, transaction: Transaction, order: &Order, row: &RowKey) -> Result<Transaction, StoreError> {
        let mut returned = order.stock.returned.clone();
        returned.push(row.clone());
        // The version says that the list still is as it was read.
        let update = Update::new()
            .set("returned", souk_dynamo::value(&returned)?)
            .add("version", n(1))
            .when(attribute("status").equals(s(OrderStatus::Cancelled.as_str())))
            .when(attribute("stock_back").is_absent())
            .when(attribute("version").equals(n(order.version)));
        Ok(transaction.update(&self.table, &[("order_id", order.order_id.as_str())], update))
    }
}
