use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use souk_domain::{
    ids::{OrderId, Sku, UserId, WarehouseId},
    stock::{Change, Movement, StockError, StockRow},
};
use souk_dynamo::{Backoff, Refusal, StoreError, Table, Transaction, TransactionOutcome, attribute};
use souk_wiring::Call;

use crate::{
    StockRows,
    row_write::{key, movement_of, unless_moved},
};

/// How often an adjustment is planned anew because its condition failed, or somebody wrote the row at that instant.
const ATTEMPTS: u32 = 12;
/// So often the row must be as it was read, and the answer is the row to the letter. A row that never rests is adjusted
/// beside whatever else is written: additions commute, and only the answer's numbers are a moment old.
const EXACT_ATTEMPTS: u32 = 3;
const BACKOFF: Backoff = Backoff { base: Duration::from_millis(10), cap: Duration::from_millis(200) };
/// How long a key is remembered.
const RETENTION: SignedDuration = SignedDuration::from_hours(24 * 7);

/// Goods that came or went outside of any order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adjustment {
    /// Units that came; negative where they went.
    pub delta: i64,
    /// Why, in the operator's words.
    pub reason: String,
    /// Who says so.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

/// A request that must take effect once, however often it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotentRequest {
    /// The client's key, or one of ours.
    pub key: String,
    /// A digest of what it asked for.
    pub digest: String,
}

impl IdempotentRequest {
    /// By the client's key; where they sent none, by one of this call, so that at least what is repeated below us, an
    /// SDK's request whose answer was lost, takes effect once.
    pub fn of(client_key: Option<String>, call: &Call, digest: String) -> Self {
        // No client's key has a space in it.
        let key = client_key.unwrap_or_else(|| format!("call {}", call.new_id()));
        Self { key, digest }
    }
}

/// How an adjustment ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum AdjustOutcome {
    /// What the warehouse has afterwards; at a repeat, what it had after the first time.
    Adjusted(StockRow),
    /// The row's numbers do not allow it.
    Refused(StockError, StockRow),
    /// The key was used for another adjustment.
    KeyReused,
    /// The warehouse holds no such SKU.
    Absent,
    /// The row kept moving: nothing happened, try again.
    Busy,
}

/// What is remembered of an adjustment with a key.
#[derive(Debug, Serialize, Deserialize)]
struct Remembered {
    id: String,
    digest: String,
    row: StockRow,
    ttl: i64,
}

/// Units that had left for an order and were not there to be picked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingUnits {
    /// Of which order.
    pub order_id: OrderId,
    /// Which of its shortages, from 1: each is taken down once.
    pub number: u32,
    /// How many.
    pub units: u32,
    /// When that was found.
    pub at: Timestamp,
}

impl Adjustment {
    fn cause(&self) -> Movement {
        let change = Change::Adjust(self.delta);
        Movement {
            kind: change.kind(),
            reference: self.by.to_string(),
            reason: Some(self.reason.clone()),
            delta: change.delta(0),
            at: self.at,
        }
    }
}

impl StockRows {
    /// Adjusts a row once per key: the answer is kept in the same transaction. `remembered` is the
    /// `inventory-adjustments` table (key `id`).
    ///
    /// # Errors
    /// [`StoreError`]; repeating with the same key is safe.
    pub async fn adjust(
        &self,
        remembered: &Table,
        (sku, warehouse_id): (&Sku, &WarehouseId),
        adjustment: &Adjustment,
        request: &IdempotentRequest,
    ) -> Result<AdjustOutcome, StoreError> {
        self.change_once(remembered, (sku, warehouse_id), Change::Adjust(adjustment.delta), adjustment.cause(), request)
            .await
    }

    /// Takes down in a row's ledger that units of an order were not there; the row's numbers stay. What the books still
    /// say to lie there is for an operator to count. Repeating it takes nothing down twice.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn fall_short(
        &self,
        remembered: &Table,
        row: (&Sku, &WarehouseId),
        missing: &MissingUnits,
    ) -> Result<AdjustOutcome, StoreError> {
        let change = Change::Short(missing.units);
        let cause = Movement {
            kind: change.kind(),
            reference: missing.order_id.to_string(),
            reason: Some(format!("{} missing", missing.units)),
            delta: change.delta(0),
            at: missing.at,
        };
        let key = format!("short-{}-{}", missing.order_id, missing.number);
        let request = IdempotentRequest { digest: key.clone(), key };
        self.change_once(remembered, row, change, cause, &request).await
    }

    async fn change_once(
        &self,
        remembered: &Table,
        (sku, warehouse_id): (&Sku, &WarehouseId),
        change: Change,
        cause: Movement,
        request: &IdempotentRequest,
    ) -> Result<AdjustOutcome, StoreError> {
        let id = format!("{sku}#{warehouse_id}#{}", request.key);
        for attempt in 1..=ATTEMPTS {
            if let Some(first) = remembered.get::<Remembered>(&[("id", &id)]).await? {
                return Ok(first.answer_to(request));
            }
            let Some(row) = self.get(sku, warehouse_id).await? else { return Ok(AdjustOutcome::Absent) };
            let splits = self.splits_of(&row).await?;
            let (row, splits) = self.gather_for(row, splits, change.delta(0), cause.at).await?;
            let whole = row.whole(&splits);
            let next = match whole.apply(change, cause.clone()) {
                Ok(next) => next,
                Err(why) => return Ok(AdjustOutcome::Refused(why, whole)),
            };
            let answer = Remembered {
                id: id.clone(),
                digest: request.digest.clone(),
                row: next,
                ttl: (cause.at + RETENTION).as_second(),
            };
            let write = movement_of(&answer.row.movement)?;
            let write = if attempt <= EXACT_ATTEMPTS { unless_moved(write, &row) } else { write };
            let transaction = Transaction::new().put_if(remembered, &answer, attribute("id").is_absent()).update(
                &self.table,
                &key(sku, warehouse_id),
                write,
            );
            match transaction.commit(self.table.client()).await {
                Ok(TransactionOutcome::Committed { .. }) => return Ok(AdjustOutcome::Adjusted(answer.row)),
                Ok(TransactionOutcome::Refused(reasons)) => {
                    if let Some(Refusal::Condition(Some(item))) = reasons.into_iter().next() {
                        return Ok(souk_dynamo::decode::<Remembered>(item)?.answer_to(request));
                    }
                }
                Err(StoreError::Busy(_)) => {}
                Err(error) => return Err(error),
            }
            BACKOFF.pause(attempt).await;
        }
        Ok(AdjustOutcome::Busy)
    }
}

impl Remembered {
    fn answer_to(self, request: &IdempotentRequest) -> AdjustOutcome {
        if self.digest == request.digest { AdjustOutcome::Adjusted(self.row) } else { AdjustOutcome::KeyReused }
    }
}
