//! Payments that operators look for: money that is soon no longer held, that was not to be had, or that did not arrive.

use futures_util::future::try_join_all;
use jiff::Timestamp;
use serde::Deserialize;
use souk_domain::{
    ids::OrderId,
    order::{MoneyFacts, SWEEP_SHARDS},
};
use souk_dynamo::{StoreError, TimeIndex};

use crate::{PaymentRecord, PaymentRecords, records::order_of};

pub(crate) const ATTENTION: TimeIndex = TimeIndex { name: "attention", shard: "attention", time: "attention_at" };

/// Why a record stands in the index. One index for all of them: a table that is there gets one new index a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Watched {
    /// Its money is held, until its time.
    Held,
    /// The gateway would not capture its money, since its time.
    Refused,
    /// A refund of it has failed, since its time, and none has succeeded in its place.
    RefundFailed,
    /// A dispute of it is open, and is to be answered by its time, or was opened then.
    Disputed,
}

impl Watched {
    /// The partition of this number, from 0 to [`SWEEP_SHARDS`] - 1.
    pub(crate) fn shard(self, number: u32) -> String {
        match self {
            Self::Held => format!("held#{number:02}"),
            Self::Refused => format!("refused#{number:02}"),
            Self::RefundFailed => format!("unrefunded#{number:02}"),
            Self::Disputed => format!("disputed#{number:02}"),
        }
    }
}

#[derive(Deserialize)]
struct Candidate {
    id: String,
}

impl PaymentRecord {
    /// What says whether the order needs a hand.
    pub fn facts(&self) -> MoneyFacts {
        MoneyFacts {
            state: self.state,
            capture_before: self.can_be_captured_until(),
            capture_refused: self.capture_refusal.is_some(),
            refund_failed: self.refunds.failed_since().is_some(),
            disputed: self.disputes.open().is_some(),
        }
    }
}

impl PaymentRecords {
    /// Orders whose money is held until `before` at the latest, those first that have least time: `limit` of them
    /// behind `after`, if there are so many. Those whose capture was refused are not among them. Only candidates: the
    /// index is eventual.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ageing(
        &self,
        before: Timestamp,
        after: Option<(i64, &OrderId)>,
        limit: usize,
    ) -> Result<Vec<(i64, OrderId)>, StoreError> {
        self.due(Watched::Held, before, after, limit).await
    }

    /// Orders whose money the gateway refused to capture until `before`, those first that wait longest: `limit` of
    /// them behind `after`, if there are so many. Only candidates.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn refused(
        &self,
        before: Timestamp,
        after: Option<(i64, &OrderId)>,
        limit: usize,
    ) -> Result<Vec<(i64, OrderId)>, StoreError> {
        self.due(Watched::Refused, before, after, limit).await
    }

    /// Orders of which a refund has failed and none has succeeded in its place, those first that wait longest: `limit` of
    /// them behind `after`, if there are so many. Only candidates.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn unrefunded(
        &self,
        before: Timestamp,
        after: Option<(i64, &OrderId)>,
        limit: usize,
    ) -> Result<Vec<(i64, OrderId)>, StoreError> {
        let mut found = self.due(Watched::RefundFailed, before, after, limit).await?;
        // A record stands in one place of the index: one that is disputed, too, by its dispute.
        found.extend(self.disputed(after, limit).await?);
        Ok(found)
    }

    /// Orders of which a dispute is open, those first that must be answered soonest: `limit` of them behind `after`, if
    /// there are so many. Only candidates.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn disputed(
        &self,
        after: Option<(i64, &OrderId)>,
        limit: usize,
    ) -> Result<Vec<(i64, OrderId)>, StoreError> {
        self.due(Watched::Disputed, Timestamp::MAX, after, limit).await
    }

    async fn due(
        &self,
        watched: Watched,
        before: Timestamp,
        after: Option<(i64, &OrderId)>,
        limit: usize,
    ) -> Result<Vec<(i64, OrderId)>, StoreError> {
        let is_behind = |time: i64, candidate: &Candidate| {
            after.is_none_or(|(last, order_id)| (time, order_of(&candidate.id)) > (last, order_id.as_str()))
        };
        let window = after.map_or(0, |(last, _)| last)..=before.as_millisecond();
        let shards: Vec<String> = (0..SWEEP_SHARDS).map(|number| watched.shard(number)).collect();
        let found = shards.iter().map(|shard| self.table.due(ATTENTION, shard, window.clone(), limit, is_behind));
        let found = try_join_all(found).await?.into_iter().flatten();
        let read = |(time, candidate): (i64, Candidate)| Ok((time, order_of(&candidate.id).parse()?));
        found.map(read).collect::<Result<_, souk_domain::ids::IdError>>().map_err(StoreError::corrupt)
    }
}
