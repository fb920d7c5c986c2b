//! A payment's refunds as they are written, and the index of what is still to be done about them.

use jiff::{SignedDuration, Timestamp};
use souk_domain::{
    ids::OrderId,
    money::Money,
    order::Order,
    payment::{Open, PaymentState, Refunds},
};
use souk_dynamo::{Item, Page, StoreError, Table, TimeIndex, Update, attribute, n, s};

use super::{Candidate, PaymentRecord, PaymentRecords, RecordOutcome, order_ids, transition, watched_for};

const REFUNDS: TimeIndex = TimeIndex { name: "refunds", shard: "refunds_open", time: "refunds_due" };
/// The partition of the index `refunds` in which failed refunds wait for a person.
const FAILED_REFUNDS: &str = "failed";
/// How long a refund that the gateway knows is left alone before it is asked about again.
const UNDERWAY: SignedDuration = SignedDuration::from_hours(1);

/// What is written with the end of a payment whose money was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Taken {
    /// How much the gateway says was taken.
    pub(crate) captured: Money,
    /// What goes back of it.
    pub(crate) refunds: Refunds,
}

impl PaymentRecords {
    /// Keeps what became of a cancelled order's money that had been taken (step F2c). Condition: the version that was
    /// read, `VOIDING`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn record_given_back(
        &self,
        record: &PaymentRecord,
        taken: &Taken,
        now: Timestamp,
    ) -> Result<RecordOutcome, StoreError> {
        let update = transition(&[PaymentState::Voiding], PaymentState::Refunded, now)
            .set("captured", souk_dynamo::value(&taken.captured)?)
            .when(attribute("version").equals(n(record.version)));
        self.change(&record.order_id, with_refunds(update, record, &taken.refunds, now)?).await
    }

    /// Keeps a payment's refunds, and whether something still has to happen with them. Condition: the version that was
    /// read, so that nothing of theirs was written meanwhile.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn record_refunds(
        &self,
        record: &PaymentRecord,
        refunds: &Refunds,
        now: Timestamp,
    ) -> Result<RecordOutcome, StoreError> {
        let update = transition(&[PaymentState::Captured, PaymentState::Refunded], record.state, now)
            .when(attribute("version").equals(n(record.version)));
        self.change(&record.order_id, with_refunds(update, record, refunds, now)?).await
    }

    /// A page of the orders of one sweep shard of which a refund should be looked after at this time, the most urgent
    /// first. Only candidates: the index is eventual.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn refunds_due(
        &self,
        shard: &str,
        before: Timestamp,
        after: Option<Item>,
    ) -> Result<Page<OrderId>, StoreError> {
        order_ids(self.table.overdue(REFUNDS, shard, before.as_millisecond(), after).await?)
    }

    /// A page of the orders of which a refund has failed and none was made in its place, the longest waiting first. Read
    /// eventually: for people to look at.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn failed_refunds(&self, limit: i32, after: Option<Item>) -> Result<Page<OrderId>, StoreError> {
        let query = self
            .table
            .query()
            .index_name("refunds")
            .key_condition_expression("refunds_open = :failed")
            .expression_attribute_values(":failed", s(FAILED_REFUNDS))
            .limit(limit);
        order_ids(Table::page::<Candidate>(query, after).await?)
    }
}

/// The refunds, and the record's places in the indexes of what is still to be done about them: by the sweeper, and by a
/// person.
fn with_refunds(
    update: Update,
    record: &PaymentRecord,
    refunds: &Refunds,
    now: Timestamp,
) -> Result<Update, StoreError> {
    let shard = || Order::sweep_shard(&record.order_id);
    let update = watched_for(update, &record.order_id, refunds, &record.disputes);
    let (open, due) = match refunds.open() {
        None => {
            let update = update.remove("refunds_open").remove("refunds_due");
            return Ok(update.set("refunds", souk_dynamo::value(refunds)?));
        }
        Some(Open::Unheard) => (shard(), now),
        Some(Open::Underway) => (shard(), now + UNDERWAY),
        Some(Open::Failed) => (FAILED_REFUNDS.to_owned(), now),
    };
    Ok(update
        .set("refunds", souk_dynamo::value(refunds)?)
        .set("refunds_open", s(open))
        .set("refunds_due", n(due.as_millisecond())))
}
