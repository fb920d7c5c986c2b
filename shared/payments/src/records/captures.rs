//! Held money as it is taken: claimed for a shipment, taken or given back, and found by the sweeper meanwhile.

use jiff::Timestamp;
use souk_domain::{ids::OrderId, money::Money, order::Order, payment::PaymentState};
use souk_dynamo::{Item, Outcome, Page, StoreError, TimeIndex, Update, attribute, n, s};

use super::{PaymentRecords, RecordOutcome, ends_hold, key, order_ids, state_is_one_of, transition, watched};
use crate::attention::Watched;

const CAPTURING: TimeIndex = TimeIndex { name: "capturing", shard: "capturing", time: "capturing_since" };

impl PaymentRecords {
    /// Claims the held money for a shipment (step "ship 1"), and notes it for the sweeper until
    /// [`PaymentRecords::end_capture`]. Each claim is an attempt of its own at the gateway. Condition:
    /// `AUTHORIZED`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn begin_capture(
        &self,
        order_id: &OrderId,
        amount: Option<Money>,
        now: Timestamp,
    ) -> Result<RecordOutcome, StoreError> {
        let update = ends_hold(transition(&[PaymentState::Authorized], PaymentState::Capturing, now))
            .set("capturing", s(Order::sweep_shard(order_id)))
            .set("capturing_since", n(now.as_millisecond()))
            .add("capture_attempt", n(1));
        let update = match amount {
            Some(amount) => update.set("capture_amount", souk_dynamo::value(&amount)?),
            None => update.remove("capture_amount"),
        };
        self.change(order_id, update).await
    }

    /// Keeps how much was taken (step "ship 2"). Condition: `CAPTURING`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn record_captured(
        &self,
        order_id: &OrderId,
        captured: Money,
        now: Timestamp,
    ) -> Result<RecordOutcome, StoreError> {
        let update = transition(&[PaymentState::Capturing], PaymentState::Captured, now)
            .set("captured", souk_dynamo::value(&captured)?);
        self.change(order_id, update).await
    }

    /// Gives a claim back that the gateway refused, with its code, and after which it still holds the money; operators
    /// find it from now on. Condition: `CAPTURING` by this attempt: whoever is late with a refusal must not end the attempt of another,
    /// whose capture may be under way.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn give_capture_back(
        &self,
        order_id: &OrderId,
        attempt: u32,
        code: &str,
        now: Timestamp,
    ) -> Result<RecordOutcome, StoreError> {
        let update = transition(&[PaymentState::Capturing], PaymentState::Authorized, now);
        let update = watched(update, Watched::Refused, order_id, now)
            .set("capture_refusal", s(code))
            .when(attribute("capture_attempt").equals(n(attempt)));
        self.change(order_id, update).await
    }

    /// Takes the order off the sweeper's list, because it has `shipped`, or because no money is being
    /// taken or was taken for it: another run that has begun and died must still be found.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn end_capture(&self, order_id: &OrderId, shipped: bool) -> Result<(), StoreError> {
        let mut update =
            Update::new().remove("capturing").remove("capturing_since").when(attribute("capturing").exists());
        if !shipped {
            update = update.when(!state_is_one_of(&[PaymentState::Capturing, PaymentState::Captured]));
        }
        match self.table.update(&[("id", &key(order_id))], update).await? {
            Outcome::Written(_) | Outcome::Refused(_) => Ok(()),
        }
    }

    /// A page of the orders of one sweep shard whose shipment began before `before` and has not ended,
    /// oldest first. Only candidates: the index is eventual.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn capturing(
        &self,
        shard: &str,
        before: Timestamp,
        after: Option<Item>,
    ) -> Result<Page<OrderId>, StoreError> {
        order_ids(self.table.overdue(CAPTURING, shard, before.as_millisecond(), after).await?)
    }
}
