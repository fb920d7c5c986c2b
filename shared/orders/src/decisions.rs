use jiff::Timestamp;
use souk_domain::{
    ids::OrderId,
    order::{Actor, Canceller, Order, OrderEvent, OrderStatus, Terms, Transition},
};
use souk_dynamo::{Condition, Item, Outcome, StoreError, Update, attribute, n, s};

use crate::{
    OrderRecord, Orders,
    finding::listed,
    record::{StoredPromise, mark_unsettled},
};

/// How a change of an order ended.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
enum ChangeOutcome {
    /// It is written; the order as it is now.
    Changed(Box<Order>),
    /// The order stands where this cannot happen.
    Refused(Box<Order>),
    /// There is no such order.
    Unknown,
}

/// How confirming ended.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub enum ConfirmOutcome {
    /// The order is confirmed, now or before.
    Confirmed(Box<Order>),
    /// The order was cancelled first: money and stock must go back.
    Cancelled,
    /// There is no such order.
    Unknown,
}

/// How cancelling ended.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub enum CancelOutcome {
    /// The order is cancelled, now or before.
    Cancelled(Box<Order>),
    /// The order stands where this canceller may not cancel it.
    Refused(Box<Order>),
    /// There is no such order.
    Unknown,
}

/// How settling ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum SettleOutcome {
    /// Stock and money have followed the decision; the sweeper forgets the order.
    Settled,
    /// The decision has changed since: go on with the order as it is now.
    Changed(OrderStatus),
    /// There is no such order.
    Unknown,
}

impl Orders {
    /// Writes the decision `CONFIRMED` (step S3), and what the shopper is promised by these terms. Condition:
    /// `PENDING_PAYMENT`, so nothing is promised twice.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn confirm(
        &self,
        order_id: &OrderId,
        terms: Terms,
        now: Timestamp,
    ) -> Result<ConfirmOutcome, StoreError> {
        let from = OrderStatus::allowing(OrderEvent::Confirm);
        let promise = souk_dynamo::value(&StoredPromise::from(terms.promise(now)))?;
        let update = transition(order_id, from, OrderStatus::Confirmed, Actor::Saga, now)?.set("promise", promise);
        Ok(match self.change(order_id, update).await? {
            ChangeOutcome::Refused(order) if order.status == OrderStatus::Cancelled => ConfirmOutcome::Cancelled,
            ChangeOutcome::Changed(order) | ChangeOutcome::Refused(order) => ConfirmOutcome::Confirmed(order),
            ChangeOutcome::Unknown => ConfirmOutcome::Unknown,
        })
    }

    /// Writes the decision `CANCELLED`, and `unsettled` in the same write (step F1, people's cancels, and
    /// a shipment whose authorisation has lapsed). Condition: [`Canceller::may_cancel`], no parcel has left, and
    /// nothing is packed where [`Canceller::may_cancel_packed`] says so.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn cancel(&self, order_id: &OrderId, by: Canceller, now: Timestamp) -> Result<CancelOutcome, StoreError> {
        let update = transition(order_id, by.may_cancel(), OrderStatus::Cancelled, by.actor(), now)?
            .set("cancel_reason", souk_dynamo::value(&by.reason())?)
            .when(attribute("departed_at").is_absent());
        let update = if by.may_cancel_packed() { update } else { update.when(attribute("packed_at").is_absent()) };
        Ok(match self.change(order_id, mark_unsettled(update, order_id, now)).await? {
            ChangeOutcome::Changed(order) => CancelOutcome::Cancelled(order),
            ChangeOutcome::Refused(order) if order.status == OrderStatus::Cancelled => CancelOutcome::Cancelled(order),
            ChangeOutcome::Refused(order) => CancelOutcome::Refused(order),
            ChangeOutcome::Unknown => CancelOutcome::Unknown,
        })
    }

    /// Takes the order out of the sweeper's index, once stock and money have followed the decision
    /// that the caller saw (steps S5 and F4). Condition: the decision still is one of `decided`.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn settle(&self, order_id: &OrderId, decided: &[OrderStatus]) -> Result<SettleOutcome, StoreError> {
        self.settling(order_id, decided, Update::new()).await
    }

    pub(crate) async fn settling(
        &self,
        order_id: &OrderId,
        decided: &[OrderStatus],
        keeping: Update,
    ) -> Result<SettleOutcome, StoreError> {
        let update = keeping
            .remove("unsettled")
            .remove("unsettled_since")
            .add("version", n(1))
            .when(attribute("unsettled").exists())
            .when(status_is_one_of(decided.iter().copied()));
        Ok(match self.change(order_id, update).await? {
            ChangeOutcome::Changed(_) => SettleOutcome::Settled,
            ChangeOutcome::Refused(order) if decided.contains(&order.status) => SettleOutcome::Settled,
            ChangeOutcome::Refused(order) => SettleOutcome::Changed(order.status),
            ChangeOutcome::Unknown => SettleOutcome::Unknown,
        })
    }

    async fn change(&self, order_id: &OrderId, update: Update) -> Result<ChangeOutcome, StoreError> {
        let read = |item: Item| souk_dynamo::decode::<OrderRecord>(item).map(|record| Box::new(record.into()));
        Ok(match self.table.update(&[("order_id", order_id.as_str())], update).await? {
            Outcome::Written(item) => ChangeOutcome::Changed(read(item)?),
            Outcome::Refused(Some(item)) => ChangeOutcome::Refused(read(item)?),
            Outcome::Refused(None) => ChangeOutcome::Unknown,
        })
    }
}

/// The change of the status, under a condition on the status, with its entry in the history and in the index.
fn transition(
    order_id: &OrderId,
    from: impl IntoIterator<Item = OrderStatus>,
    to: OrderStatus,
    by: Actor,
    now: Timestamp,
) -> Result<Update, StoreError> {
    let entry = souk_dynamo::value(&Transition { status: to, at: now, by })?;
    Ok(Update::new()
        .set("status", s(to.as_str()))
        .set_some("listed", listed(to, order_id).map(s))
        .append("history", entry)
        .add("version", n(1))
        .when(status_is_one_of(from)))
}

pub(crate) fn status_is_one_of(statuses: impl IntoIterator<Item = OrderStatus>) -> Condition {
    attribute("status").is_one_of(statuses.into_iter().map(|status| s(status.as_str())))
}
