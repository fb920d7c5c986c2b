//! An authorisation that is made anew, as it is written: for a while a record names two intents. It stands on one of them.
//!
//! Each condition is one of [`souk_domain::payment::Renewal`]'s, and names the intent or the renewal's number beside it:
//! whoever is late with one renewal must not say anything of the next.

use jiff::Timestamp;
use souk_domain::{
    ids::OrderId,
    order::{Order, SWEEP_SHARDS},
    payment::{PaymentState, Renewal},
};
use souk_dynamo::{Condition, Item, Page, StoreError, TimeIndex, Update, attribute, n, s};

use super::{HELD_FOR, PaymentRecord, PaymentRecords, RecordOutcome, order_ids, state_is_one_of, transition, watched};
use crate::attention::Watched;

const RENEWING: TimeIndex = TimeIndex { name: "renewing", shard: "renewing", time: "renewing_since" };
/// What the index of renewals has its partitions by.
const SHARD_PREFIX: &str = "renewing#";
/// The most renewals of one payment: with a card's week each, an order may wait a month.
const MAX_RENEWALS: u32 = 3;

impl PaymentRecord {
    /// Whether another authorisation may be begun in this one's place.
    pub fn may_be_renewed(&self) -> bool {
        Renewal::may_be_wanted(self.renewal, self.state)
            && self.renewal_refusal.is_none()
            && self.renewals < MAX_RENEWALS
    }
}

impl PaymentRecords {
    /// The partitions in which renewals stand that are under way.
    pub fn renewing_shards() -> Vec<String> {
        (0..SWEEP_SHARDS).map(|number| format!("{SHARD_PREFIX}{number:02}")).collect()
    }

    /// True where this partition is one of [`PaymentRecords::renewing_shards`].
    pub fn is_renewing_shard(shard: &str) -> bool {
        shard.starts_with(SHARD_PREFIX)
    }

    /// A page of the orders of one of these partitions whose renewal was begun before `before`, the oldest first. Only candidates: the
    /// index is eventual.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn renewing(
        &self,
        shard: &str,
        before: Timestamp,
        after: Option<Item>,
    ) -> Result<Page<OrderId>, StoreError> {
        order_ids(self.table.overdue(RENEWING, shard, before.as_millisecond(), after).await?)
    }

    /// R1: another authorisation is wanted, which the sweeper finds from now on. Condition: `AUTHORIZED` on this intent, and no
    /// renewal.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn want_renewal(
        &self,
        (order_id, intent_id): (&OrderId, &str),
        now: Timestamp,
    ) -> Result<RecordOutcome, StoreError> {
        let shard = format!("{SHARD_PREFIX}{:02}", Order::shard(order_id, SWEEP_SHARDS));
        let update = authorized(now)
            .set("renewal", s(Renewal::Wanted.as_str()))
            .set("renewing", s(shard))
            .set("renewing_since", n(now.as_millisecond()))
            .add("renewals", n(1))
            .when(attribute("renewal").is_absent())
            .when(attribute("gateway_id").equals(s(intent_id)));
        self.change(order_id, update).await
    }

    /// Keeps that this money cannot be held anew, and why. Condition: as [`PaymentRecords::want_renewal`].
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn refuse_renewal(
        &self,
        (order_id, intent_id): (&OrderId, &str),
        code: &str,
        now: Timestamp,
    ) -> Result<RecordOutcome, StoreError> {
        let update = authorized(now)
            .set("renewal_refusal", s(code))
            .when(attribute("renewal").is_absent())
            .when(attribute("gateway_id").equals(s(intent_id)));
        self.change(order_id, update).await
    }

    /// R2: the gateway makes no intent of it. Condition: this renewal is wanted.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn drop_renewal(
        &self,
        order_id: &OrderId,
        number: u32,
        code: &str,
        now: Timestamp,
    ) -> Result<RecordOutcome, StoreError> {
        let update = over(touched(now))
            .set("renewal_refusal", s(code))
            .when(is(Renewal::Wanted))
            .when(attribute("renewals").equals(n(number)));
        self.change(order_id, update).await
    }

    /// R3: keeps the new intent's id. Condition: `AUTHORIZED`, and this renewal is wanted. Whoever is refused here must not
    /// confirm, unless the record knows the same id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keep_renewal(
        &self,
        order_id: &OrderId,
        (number, intent_id): (u32, &str),
        now: Timestamp,
    ) -> Result<RecordOutcome, StoreError> {
        let update = authorized(now)
            .set("renewal", s(Renewal::Known.as_str()))
            .set("other_intent", s(intent_id))
            .when(is(Renewal::Wanted))
            .when(attribute("renewals").equals(n(number)));
        self.change(order_id, update).await
    }

    /// R5: the record stands on the new intent, whose money is held, and names the old one. Condition: `AUTHORIZED` on `old`, and
    /// `new` is known. A refused capture was the old one's.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn swap_intents(
        &self,
        order_id: &OrderId,
        (old, new): (&str, &str),
        capture_before: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<RecordOutcome, StoreError> {
        let before = capture_before.unwrap_or(now + HELD_FOR);
        let update = authorized(now)
            .set("gateway_id", s(new))
            .set("other_intent", s(old))
            .set("renewal", s(Renewal::Old.as_str()))
            .set("renewed_at", n(now.as_millisecond()))
            .set("capture_before", n(before.as_millisecond()))
            .remove("warned_at")
            .remove("capture_refusal")
            .when(is(Renewal::Known))
            .when(attribute("gateway_id").equals(s(old)))
            .when(attribute("other_intent").equals(s(new)));
        self.change(order_id, watched(update, Watched::Held, order_id, before)).await
    }

    /// R6: the record never stands on the new intent, with the gateway's code where that has refused. Condition: it is known.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn give_renewal_up(
        &self,
        (order_id, intent_id): (&OrderId, &str),
        code: Option<&str>,
        now: Timestamp,
    ) -> Result<RecordOutcome, StoreError> {
        let update = touched(now)
            .set("renewal", s(Renewal::Old.as_str()))
            .set_some("renewal_refusal", code.map(s))
            .when(is(Renewal::Known))
            .when(attribute("other_intent").equals(s(intent_id)));
        self.change(order_id, update).await
    }

    /// R7: there is nothing to renew any more, since the other intent is cancelled at the gateway. Condition: it is the one
    /// that the record names, and does not stand on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_other_intent(
        &self,
        (order_id, intent_id): (&OrderId, &str),
        now: Timestamp,
    ) -> Result<RecordOutcome, StoreError> {
        let is_it = attribute("other_intent").equals(s(intent_id));
        self.change(order_id, over(touched(now)).when(is(Renewal::Old)).when(is_it)).await
    }

    /// R7: there is nothing to renew any more. Condition: it is wanted, and the money is not merely held any more: whoever
    /// makes an intent of it may not keep that.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_renewal(&self, order_id: &OrderId, now: Timestamp) -> Result<RecordOutcome, StoreError> {
        let moved_on = !state_is_one_of(&[PaymentState::Authorized]);
        self.change(order_id, over(touched(now)).when(is(Renewal::Wanted)).when(moved_on)).await
    }
}

fn authorized(now: Timestamp) -> Update {
    transition(&[PaymentState::Authorized], PaymentState::Authorized, now)
}

/// A change that leaves the state as it is, whatever that is.
fn touched(now: Timestamp) -> Update {
    Update::new().set("updated_at", n(now.as_millisecond())).add("version", n(1))
}

fn over(update: Update) -> Update {
    ["renewal", "other_intent", "renewing", "renewing_since"].into_iter().fold(update, Update::remove)
}

fn is(renewal: Renewal) -> Condition {
    attribute("renewal").equals(s(renewal.as_str()))
}
