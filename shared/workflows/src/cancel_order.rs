//! Somebody cancels an order before it has left: the customer their own, an operator any.

use souk_domain::{
    ids::{OrderId, UserId},
    order::{Canceller, Order},
};
use souk_dynamo::StoreError;
use souk_orders::{Archive, CancelOutcome, Orders, Saga};
use souk_wiring::{Call, FromEnvironment};

/// Orders, and the saga that gives money and units back.
#[derive(Debug, FromEnvironment)]
pub struct CancelOrder {
    orders: Orders,
    saga: Saga,
}

/// As [`CancelOrder`], and where a customer's older orders lie.
#[derive(Debug, FromEnvironment)]
pub struct CancelOwnOrder {
    cancel: CancelOrder,
    archive: Archive,
}

/// How it ended.
#[derive(Debug)]
#[must_use]
pub enum Outcome {
    /// It is cancelled, now or before; money and units go back.
    Cancelled(Box<Order>),
    /// It has left, or has ended.
    Refused(Box<Order>),
    /// There is none, or it is another user's.
    Unknown,
}

impl CancelOwnOrder {
    /// Cancels a customer's own order. Repeating it changes nothing.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown.
    pub async fn run(&self, order_id: &OrderId, user_id: &UserId, call: &Call) -> Result<Outcome, StoreError> {
        let is_own = |order: &Order| order.user_id == *user_id;
        if let Some(order) = self.cancel.orders.get(order_id).await? {
            return if is_own(&order) {
                self.cancel.by(Canceller::Customer, order_id, call).await
            } else {
                Ok(Outcome::Unknown)
            };
        }
        // What has left the hot table has ended.
        let ended = self.archive.get(order_id).await?.filter(is_own);
        Ok(ended.map_or(Outcome::Unknown, |order| Outcome::Refused(Box::new(order))))
    }
}

impl CancelOrder {
    /// An operator cancels any order. Repeating it changes nothing.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown.
    pub async fn run(&self, order_id: &OrderId, call: &Call) -> Result<Outcome, StoreError> {
        self.by(Canceller::Operator, order_id, call).await
    }

    async fn by(&self, canceller: Canceller, order_id: &OrderId, call: &Call) -> Result<Outcome, StoreError> {
        Ok(match self.orders.cancel(order_id, canceller, call.now).await? {
            CancelOutcome::Cancelled(order) => {
                self.saga.try_start(order_id).await;
                Outcome::Cancelled(order)
            }
            CancelOutcome::Refused(order) => Outcome::Refused(order),
            CancelOutcome::Unknown => Outcome::Unknown,
        })
    }
}
