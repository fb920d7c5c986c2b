//! Holds that a row of stock holds itself: each step is one conditional write of one row.

use std::time::Duration;

use jiff::Timestamp;
use souk_domain::{
    ids::CheckoutId,
    stock::{Delta, Entry, GivingBack, Holding, Judged, MovementKind, RowKey, RowWrite, Selling, StockRow, Wish},
};
use souk_dynamo::{Backoff, Outcome, StoreError, Transaction};

use crate::{
    StockRows,
    row_write::{judged, stored, with_holds},
};

/// How often a row is judged anew because it moved. Holds commute, so only who asks for a version, or the very same
/// entry, is in another's way.
const ATTEMPTS: u32 = 12;
const BACKOFF: Backoff = Backoff { base: Duration::from_millis(10), cap: Duration::from_millis(250) };

/// What a step found or left, with the row as it was then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<O> {
    /// How the step ended.
    pub outcome: O,
    /// The row afterwards.
    pub row: StockRow,
    /// Writes that it took.
    pub writes: u32,
}

/// What is believed of a row that was not read: a write, and how the step ends if it takes effect.
type Belief<O> = Option<(RowWrite, O)>;

impl StockRows {
    /// P2: all units of the wish, or none. One write where there are enough. `None` where there is no such row.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; asking again is safe.
    pub async fn hold(&self, row: &RowKey, wish: &Wish, now: Timestamp) -> Result<Option<Found<Holding>>, StoreError> {
        let belief = Some((RowWrite::hold(wish, now), Holding::Held(wish.units)));
        self.step(row, belief, None, |found| found.hold(wish, now)).await
    }

    /// P2, where another row of the line is left: all units of the wish, or what there is, also nothing. `seen` is
    /// the row as a refusal brought it.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; asking again is safe.
    pub async fn hold_or_pass(
        &self,
        seen: StockRow,
        wish: &Wish,
        now: Timestamp,
    ) -> Result<Option<Found<Holding>>, StoreError> {
        self.step(&seen.key(), None, Some(seen), |found| found.hold_or_pass(wish, true, now)).await
    }

    /// P4: takes over the units of the shopper's own older checkout, which was read closed. `seen` is the row as a
    /// refusal brought it.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; asking again is safe.
    pub async fn take_over(
        &self,
        seen: StockRow,
        wish: &Wish,
        older: &CheckoutId,
        is_last: bool,
        now: Timestamp,
    ) -> Result<Option<Found<Holding>>, StoreError> {
        let judge = |found: &StockRow| found.take_over(wish, older, is_last, now);
        self.step(&seen.key(), None, Some(seen), judge).await
    }

    /// S1: what is held is found by one read; what is not is held, as far as the row has it where another one
    /// `is_left`.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; asking again is safe.
    pub async fn ensure(
        &self,
        row: &RowKey,
        wish: &Wish,
        is_left: bool,
        now: Timestamp,
    ) -> Result<Option<Found<Holding>>, StoreError> {
        self.step(row, None, None, |found| found.hold_or_pass(wish, is_left, now)).await
    }

    /// T2: what is held goes back, and a mark stays. Only for a checkout that was read closed, of which `believed`
    /// units are held as far as anybody knows; none where it may not have been asked.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn release(
        &self,
        row: &RowKey,
        checkout_id: &CheckoutId,
        believed: Option<u32>,
        now: Timestamp,
    ) -> Result<Option<Found<()>>, StoreError> {
        let belief = Some((RowWrite::release(checkout_id, believed.map(Entry::Held), now), ()));
        self.step(row, belief, None, |found| found.release(checkout_id, now)).await
    }

    /// S4: what is held leaves, and a mark says how much. Only for an order that is confirmed, of which `believed` units
    /// are held as far as anybody knows; the row is read first where nobody knows.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn sell(
        &self,
        row: &RowKey,
        checkout_id: &CheckoutId,
        believed: Option<u32>,
        now: Timestamp,
    ) -> Result<Option<Found<Selling>>, StoreError> {
        let belief = believed.map(|units| (RowWrite::sell(checkout_id, units, now), Selling::Sold(units)));
        self.step(row, belief, None, |found| found.sell(checkout_id, now)).await
    }

    /// F3: what is held, or has left, goes back, without the units that were `missing`. Only for an order that was
    /// read cancelled.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn give_back(
        &self,
        row: &RowKey,
        checkout_id: &CheckoutId,
        was_confirmed: bool,
        missing: u32,
        now: Timestamp,
    ) -> Result<Option<Found<GivingBack>>, StoreError> {
        self.step(row, None, None, |found| found.give_back(checkout_id, was_confirmed, missing, now)).await
    }

    /// F3, where the row has forgotten the sale: its part of the transaction in which the order's record says that the
    /// units of this row come back.
    ///
    /// # Errors
    /// [`StoreError`] where it cannot be written at all.
    pub fn returning(
        &self,
        transaction: Transaction,
        row: &RowKey,
        checkout_id: &CheckoutId,
        units: u32,
        now: Timestamp,
    ) -> Result<Transaction, StoreError> {
        let movement = souk_domain::stock::Movement {
            kind: MovementKind::Returned,
            reference: checkout_id.to_string(),
            reason: None,
            delta: Delta { quantity: i64::from(units), reserved: 0 },
            at: now,
        };
        let write = crate::row_write::movement_of(&movement)?;
        Ok(transaction.update(&self.table, &stored(&row.partition(), &row.warehouse_id), write))
    }

    /// Collect: takes these marks away, where they still are the same. `seen` is the row in which they were found. True
    /// where any went; `None` where there is no such row any more.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn collect(
        &self,
        seen: StockRow,
        marks: &[(CheckoutId, Entry)],
        now: Timestamp,
    ) -> Result<Option<Found<bool>>, StoreError> {
        let judge = |found: &StockRow| match found.collect(marks, now) {
            Some(write) => Judged::Write(write, true),
            None => Judged::Settled(false),
        };
        self.step(&seen.key(), None, Some(seen), judge).await
    }

    /// Writes what is believed of the row, or judges it and writes the judgement; what a refusal brings is judged
    /// anew. `None` where there is no such row.
    async fn step<O>(
        &self,
        row: &RowKey,
        mut belief: Belief<O>,
        mut seen: Option<StockRow>,
        judge: impl Fn(&StockRow) -> Judged<O>,
    ) -> Result<Option<Found<O>>, StoreError> {
        let partition = row.partition();
        let key = stored(&partition, &row.warehouse_id);
        for writes in 1..=ATTEMPTS {
            let (write, outcome) = match belief.take() {
                Some(believed) => believed,
                None => {
                    let known = match seen.take() {
                        Some(row) => Some(row),
                        None => self.get_row(row).await?,
                    };
                    let Some(known) = known else { return Ok(None) };
                    match judge(&known) {
                        Judged::Settled(outcome) => {
                            return Ok(Some(Found { outcome, row: known, writes: writes - 1 }));
                        }
                        Judged::Write(write, outcome) => (write, outcome),
                    }
                }
            };
            match self.table.update(&key, judged(&write)?).await {
                Ok(Outcome::Written(item)) => {
                    return Ok(Some(Found { outcome, row: souk_dynamo::decode(item)?, writes }));
                }
                Ok(Outcome::Refused(None)) => return Ok(None),
                Ok(Outcome::Refused(Some(item))) => {
                    if !item.contains_key("holds") {
                        self.table.update(&key, with_holds()?).await?.is_written();
                    }
                    seen = Some(souk_dynamo::decode(item)?);
                }
                Err(StoreError::Busy(_)) => BACKOFF.pause(writes).await,
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Busy(format!("the row of {row} is being written by others")))
    }
}
