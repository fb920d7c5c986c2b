//! Somebody cancels an order before it has left: the customer their own, an operator any.
//!
//! While a warehouse picks it, a customer's cancellation is a question to whoever picks. The order's record decides
//! all the same: whoever packs and whoever cancels write it, and one of them is first.

use souk_domain::{
    fulfilment::Fulfilment,
    ids::{OrderId, UserId},
    order::{Canceller, Order, OrderStatus},
};
use souk_dynamo::StoreError;
use souk_fulfilment::{Fulfilments, ReviseOutcome};
use souk_orders::{Archive, CancelOutcome, Orders, Saga};
use souk_wiring::{Call, FromEnvironment};

/// Orders, and the saga that gives money and units back.
#[derive(Debug, FromEnvironment)]
pub struct CancelOrder {
    orders: Orders,
    saga: Saga,
}

/// As [`CancelOrder`], the warehouses' work, and where a customer's older orders lie.
#[derive(Debug, FromEnvironment)]
pub struct CancelOwnOrder {
    cancel: CancelOrder,
    fulfilments: Fulfilments,
    archive: Archive,
}

/// How it ended.
#[derive(Debug)]
#[must_use]
pub enum Outcome {
    /// It is cancelled, now or before; money and units go back.
    Cancelled(Box<Order>),
    /// A warehouse is at it, and is asked, now or before.
    Asked(Box<Order>),
    /// It is packed or has left, be it a part, or has ended.
    Refused(Box<Order>),
    /// There is none, or it is another user's.
    Unknown,
}

impl CancelOwnOrder {
    /// Cancels a customer's own order, or asks the warehouse that picks it. Repeating it changes nothing.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown.
    pub async fn run(&self, order_id: &OrderId, user_id: &UserId, call: &Call) -> Result<Outcome, StoreError> {
        let is_own = |order: &Order| order.user_id == *user_id;
        if let Some(order) = self.cancel.orders.get(order_id).await? {
            return match is_own(&order) {
                true if self.is_asked(&order, call).await? => Ok(Outcome::Asked(Box::new(order))),
                true => self.cancel.by(Canceller::Customer, order_id, call).await,
                false => Ok(Outcome::Unknown),
            };
        }
        // What has left the hot table has ended.
        let ended = self.archive.get(order_id).await?.filter(is_own);
        Ok(ended.map_or(Outcome::Unknown, |order| Outcome::Refused(Box::new(order))))
    }
}

impl CancelOwnOrder {
    /// Asks whoever picks the order; false where nobody does.
    async fn is_asked(&self, order: &Order, call: &Call) -> Result<bool, StoreError> {
        if order.status != OrderStatus::Confirmed || order.packed_at().is_some() {
            return Ok(false);
        }
        let mut asked = false;
        let ask = |work: &mut Fulfilment| work.request_cancel(call.now).map(|(revision, _)| revision);
        for work in self.fulfilments.of_order(&order.order_id).await? {
            if work.live_claim(call.now).is_none() {
                continue;
            }
            if let ReviseOutcome::Revised(work) =
                self.fulfilments.revise(&work.order_id, &work.warehouse_id, ask).await?
            {
                asked |= work.live_claim(call.now).is_some();
            }
        }
        Ok(asked)
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

    pub(crate) async fn by(
        &self,
        canceller: Canceller,
        order_id: &OrderId,
        call: &Call,
    ) -> Result<Outcome, StoreError> {
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
