//! Held money that the gateway soon lets go of.

use jiff::Timestamp;
use souk_domain::{ids::OrderId, order::SWEEP_SHARDS, payment::PaymentState};
use souk_dynamo::{Item, Page, StoreError, attribute, n};

use super::{PaymentRecords, RecordOutcome, order_ids, transition, watched};
use crate::attention::{ATTENTION, Watched};

impl PaymentRecords {
    /// The partitions in which held money stands.
    pub fn held_shards() -> Vec<String> {
        (0..SWEEP_SHARDS).map(|number| Watched::Held.shard(number)).collect()
    }

    /// A page of the orders of one of these partitions whose money is held until `before` at the latest, the most urgent
    /// first. Only candidates: the index is eventual.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn held_until(
        &self,
        shard: &str,
        before: Timestamp,
        after: Option<Item>,
    ) -> Result<Page<OrderId>, StoreError> {
        order_ids(self.table.overdue(ATTENTION, shard, before.as_millisecond(), after).await?)
    }

    /// Keeps that operators are warned of this money. Condition: `AUTHORIZED`, and they were not: of two that warn at once
    /// one is refused.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn record_warned(&self, order_id: &OrderId, now: Timestamp) -> Result<RecordOutcome, StoreError> {
        let update = transition(&[PaymentState::Authorized], PaymentState::Authorized, now)
            .set("warned_at", n(now.as_millisecond()))
            .when(attribute("warned_at").is_absent());
        self.change(order_id, update).await
    }

    /// Keeps until when the gateway says now that it holds the money; where that is the present or later, of which
    /// operators may be warned anew. Condition: `AUTHORIZED`, on this intent, and no capture of it was refused: that is
    /// what operators find it by.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn record_held_until(
        &self,
        (order_id, intent_id): (&OrderId, &str),
        until: Timestamp,
        now: Timestamp,
    ) -> Result<RecordOutcome, StoreError> {
        let update = transition(&[PaymentState::Authorized], PaymentState::Authorized, now)
            .set("capture_before", n(until.as_millisecond()))
            .remove("warned_at")
            .when(attribute("gateway_id").equals(souk_dynamo::s(intent_id)))
            .when(attribute("capture_refusal").is_absent());
        self.change(order_id, watched(update, Watched::Held, order_id, until)).await
    }
}
