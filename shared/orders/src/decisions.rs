use jiff::Timestamp;
use souk_domain::{
    ids::OrderId,
    order::{Canceller, Order, OrderEvent, OrderStatus, Shipment, Transition},
};
use souk_dynamo::{AttributeValue, Item, Outcome, StoreError, UpdateBuilder, n, s};

use crate::{Orders, orders::status_is_one_of};

/// How confirming ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum ConfirmOutcome {
    /// The order is confirmed, now or before.
    Confirmed,
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
    /// Writes the decision `CONFIRMED` (step S3). Condition: `PENDING_PAYMENT`.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn confirm(&self, order_id: &OrderId, now: Timestamp) -> Result<ConfirmOutcome, StoreError> {
        let update = self.transition(order_id, OrderEvent::Confirm, OrderStatus::Confirmed, now, "saga", "", []);
        Ok(match self.decide(update?).await? {
            Ok(_) => ConfirmOutcome::Confirmed,
            Err(None) => ConfirmOutcome::Unknown,
            Err(Some(order)) if order.status == OrderStatus::Cancelled => ConfirmOutcome::Cancelled,
            Err(Some(_)) => ConfirmOutcome::Confirmed,
        })
    }

    /// Writes the decision `CANCELLED`, and `unsettled` in the same write (step F1, people's cancels, and
    /// a shipment whose authorisation has lapsed). Condition: [`Canceller::may_cancel`].
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn cancel(&self, order_id: &OrderId, by: Canceller, now: Timestamp) -> Result<CancelOutcome, StoreError> {
        let reason = by.reason();
        let who = match by {
            Canceller::Saga(_) => "saga",
            Canceller::LapsedShipment => "shipment",
            Canceller::Customer => "customer",
            Canceller::Operator => "operator",
        };
        let update = self.transition_from(
            order_id,
            by.may_cancel().collect(),
            OrderStatus::Cancelled,
            now,
            who,
            ", cancel_reason = :reason, unsettled = :shard, unsettled_since = :now",
            [
                (":reason", souk_dynamo::value(&reason)?),
                (":shard", s(Order::sweep_shard(order_id))),
                (":now", n(now.as_millisecond())),
            ],
        )?;
        Ok(match self.decide(update).await? {
            Ok(order) => CancelOutcome::Cancelled(Box::new(order)),
            Err(None) => CancelOutcome::Unknown,
            Err(Some(order)) if order.status == OrderStatus::Cancelled => CancelOutcome::Cancelled(order),
            Err(Some(order)) => CancelOutcome::Refused(order),
        })
    }

    /// Keeps who carries the parcels, before any money is taken for them. Condition: `CONFIRMED`.
    /// `Err` holds the order as it stands.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn plan_shipment(
        &self,
        order_id: &OrderId,
        shipments: &[Shipment],
    ) -> Result<Result<Order, Option<Box<Order>>>, StoreError> {
        let update = self
            .table
            .update(&[("order_id", order_id.as_str())])
            .update_expression("SET shipments = :shipments ADD version :one")
            .condition_expression("#status = :confirmed")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":confirmed", s(OrderStatus::Confirmed.as_str()))
            .expression_attribute_values(":shipments", souk_dynamo::value(&shipments)?)
            .expression_attribute_values(":one", n(1));
        self.decide(update).await
    }

    /// Writes `SHIPPED` (step "ship 3"). Condition: `CONFIRMED`. `Err` holds the order as it stands.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn ship(
        &self,
        order_id: &OrderId,
        now: Timestamp,
    ) -> Result<Result<Order, Option<Box<Order>>>, StoreError> {
        let update = self.transition(order_id, OrderEvent::Ship, OrderStatus::Shipped, now, "warehouse", "", [])?;
        self.decide(update).await
    }

    /// Writes `DELIVERED`. Condition: `SHIPPED`. `Err` holds the order as it stands.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn deliver(
        &self,
        order_id: &OrderId,
        now: Timestamp,
    ) -> Result<Result<Order, Option<Box<Order>>>, StoreError> {
        let update =
            self.transition(order_id, OrderEvent::Deliver, OrderStatus::Delivered, now, "warehouse", "", [])?;
        self.decide(update).await
    }

    /// Takes the order out of the sweeper's index, once stock and money have followed the decision
    /// that the caller saw (steps S5 and F4). Condition: the decision still is one of `decided`.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn settle(&self, order_id: &OrderId, decided: &[OrderStatus]) -> Result<SettleOutcome, StoreError> {
        let (condition, values) = status_is_one_of(decided.iter().copied());
        let mut update = self
            .table
            .update(&[("order_id", order_id.as_str())])
            .update_expression("REMOVE unsettled, unsettled_since ADD version :one")
            .condition_expression(format!("attribute_exists(unsettled) AND {condition}"))
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":one", n(1));
        for (name, value) in values {
            update = update.expression_attribute_values(name, value);
        }
        Ok(match self.decide(update).await? {
            Ok(_) => SettleOutcome::Settled,
            Err(None) => SettleOutcome::Unknown,
            Err(Some(order)) if decided.contains(&order.status) => SettleOutcome::Settled,
            Err(Some(order)) => SettleOutcome::Changed(order.status),
        })
    }

    #[expect(clippy::too_many_arguments, reason = "one private builder for all transitions")]
    fn transition<const N: usize>(
        &self,
        order_id: &OrderId,
        event: OrderEvent,
        to: OrderStatus,
        now: Timestamp,
        by: &str,
        also_set: &str,
        values: [(&str, AttributeValue); N],
    ) -> Result<UpdateBuilder, StoreError> {
        self.transition_from(order_id, OrderStatus::allowing(event).collect(), to, now, by, also_set, values)
    }

    /// One update that changes the status under a condition on the status, and writes the history.
    #[expect(clippy::too_many_arguments, reason = "one private builder for all transitions")]
    fn transition_from<const N: usize>(
        &self,
        order_id: &OrderId,
        from: Vec<OrderStatus>,
        to: OrderStatus,
        now: Timestamp,
        by: &str,
        also_set: &str,
        values: [(&str, AttributeValue); N],
    ) -> Result<UpdateBuilder, StoreError> {
        let entry = Transition { status: to, at: now, by: by.to_owned() };
        let (condition, statuses) = status_is_one_of(from);
        let mut update = self
            .table
            .update(&[("order_id", order_id.as_str())])
            .update_expression(format!(
                "SET #status = :to, history = list_append(history, :entry){also_set} ADD version :one"
            ))
            .condition_expression(condition)
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":to", s(to.as_str()))
            .expression_attribute_values(":entry", souk_dynamo::value(&[entry])?)
            .expression_attribute_values(":one", n(1));
        for (name, value) in statuses {
            update = update.expression_attribute_values(name, value);
        }
        for (name, value) in values {
            update = update.expression_attribute_values(name, value);
        }
        Ok(update)
    }

    /// `Ok(new image)` or `Err(what stands there)`.
    async fn decide(&self, update: UpdateBuilder) -> Result<Result<Order, Option<Box<Order>>>, StoreError> {
        let read = |item: Item| souk_dynamo::decode::<Order>(item);
        match self.table.write(update).await? {
            Outcome::Written(item) => Ok(Ok(read(item)?)),
            Outcome::Refused(item) => Ok(Err(item.map(read).transpose()?.map(Box::new))),
        }
    }
}
