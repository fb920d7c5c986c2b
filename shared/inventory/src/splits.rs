//! Splits of a row that is hot: each is a row like any other in a partition of its own, and the warehouse's first row says
//! how many there are. Whoever asks what a warehouse has sees the sum.

use std::time::Duration;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use souk_domain::{
    ids::Sku,
    stock::{Delta, Holds, Movement, MovementKind, RowKey, Split, Splits, StockRow, Transfer},
};
use souk_dynamo::{Backoff, StoreError, Transaction, Update, attribute, n};

use crate::{
    StockRows,
    row_write::{key, movement_of, stored, unless_moved},
};

/// How often units of a row are moved that others write too.
const ATTEMPTS: u32 = 6;
const BACKOFF: Backoff = Backoff { base: Duration::from_millis(10), cap: Duration::from_millis(160) };

impl StockRows {
    /// The splits of a first row, read consistently; in the order of their numbers. Nothing is read of a row that was never
    /// split.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn splits_of(&self, first: &StockRow) -> Result<Vec<StockRow>, StoreError> {
        self.splits_beside(&first.key(), first.splits).await
    }

    pub(crate) async fn splits_beside(&self, first: &RowKey, splits: Splits) -> Result<Vec<StockRow>, StoreError> {
        let rows: Vec<_> = splits.all().map(|split| first.of_split(split)).collect();
        self.rows_of_keys(&rows).await
    }

    /// These rows, read consistently, by split; those that are not there are left out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn rows_of_keys(&self, rows: &[RowKey]) -> Result<Vec<StockRow>, StoreError> {
        let mut rows: Vec<StockRow> = self.read_rows(rows).await?;
        rows.sort_by_key(|row| row.split);
        Ok(rows)
    }

    /// The items of these rows, in any order; nothing is read where there are none.
    pub(crate) async fn read_rows<T: DeserializeOwned>(&self, rows: &[RowKey]) -> Result<Vec<T>, StoreError> {
        let partitions: Vec<_> = rows.iter().map(RowKey::partition).collect();
        let keys: Vec<_> =
            partitions.iter().zip(rows).map(|(partition, row)| stored(partition, &row.warehouse_id)).collect();
        self.table.read_many(&keys).await
    }

    /// What a warehouse has of a SKU, whatever its row was split into.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn whole(&self, first: &StockRow) -> Result<StockRow, StoreError> {
        Ok(first.whole(&self.splits_of(first).await?))
    }

    /// What each warehouse has of a SKU, by warehouse id, whatever its row was split into.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn whole_of_sku(&self, sku: &Sku) -> Result<Vec<StockRow>, StoreError> {
        let mut rows = self.of_sku(sku).await?;
        for row in rows.iter_mut().filter(|row| !row.splits.is_none()) {
            *row = self.whole(row).await?;
        }
        Ok(rows)
    }

    /// From now on checkouts ask so many splits of a first row; those that are missing are made, without units. Condition:
    /// the row as it was read. True where it was written.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn use_splits(&self, first: &StockRow, used: u16, now: Timestamp) -> Result<bool, StoreError> {
        let split_at = |reason: String| Movement {
            kind: MovementKind::Split,
            reference: "split".to_owned(),
            reason: Some(reason),
            delta: Delta::default(),
            at: now,
        };
        for number in first.splits.made + 1..=used {
            let row = first.key().of_split(Split::number(number));
            let made = Update::new()
                .set("split", n(number))
                .set("quantity", n(0))
                .set("reserved_quantity", n(0))
                .set("available", n(0))
                .set("holds", souk_dynamo::value(&Holds::default())?)
                .set("version", n(1))
                .set("movement", souk_dynamo::value(&split_at(format!("split {number}")))?)
                .when(attribute("sku").is_absent());
            // Refused where another run made it.
            let _made = self.table.update(&stored(&row.partition(), &row.warehouse_id), made).await?;
        }
        let splits = Splits { made: first.splits.made.max(used), used };
        let write = movement_of(&split_at(format!("into {used}")))?.set("splits", souk_dynamo::value(&splits)?);
        let key = key(&first.sku, &first.warehouse_id);
        Ok(self.table.update(&key, unless_moved(write, first)).await?.is_written())
    }

    /// Moves units between two rows of a warehouse. Condition: the one can spare them. True where they were moved.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown: they may have been moved, and nothing is lost.
    pub async fn transfer(&self, of: &RowKey, transfer: Transfer, now: Timestamp) -> Result<bool, StoreError> {
        let Transfer { from, to, units } = transfer;
        let moved = |other: Split, delta: i64| {
            movement_of(&Movement {
                kind: MovementKind::Moved,
                reference: format!("split {}", other.get()),
                reason: None,
                delta: Delta { quantity: delta, reserved: 0 },
                at: now,
            })
        };
        let (from_row, to_row) = (of.of_split(from), of.of_split(to));
        for attempt in 1..=ATTEMPTS {
            let transaction = Transaction::new()
                .update(&self.table, &stored(&from_row.partition(), &of.warehouse_id), moved(to, -i64::from(units))?)
                .update(&self.table, &stored(&to_row.partition(), &of.warehouse_id), moved(from, i64::from(units))?);
            match transaction.commit(self.table.client()).await {
                Ok(outcome) if outcome.is_committed() => return Ok(true),
                Ok(_) => return Ok(false),
                Err(StoreError::Busy(_)) => BACKOFF.pause(attempt).await,
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }

    /// Brings units of a row's splits together in it, until so many can be sold there or no split has any. Whoever takes
    /// many at once takes them out of one row. The row and its splits as they are then.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn gather(
        &self,
        first: StockRow,
        units: u32,
        now: Timestamp,
    ) -> Result<(StockRow, Vec<StockRow>), StoreError> {
        let splits = self.splits_of(&first).await?;
        let mut lacking = units.saturating_sub(first.available);
        for split in splits.iter().filter(|row| row.available > 0) {
            if lacking == 0 {
                break;
            }
            let part = split.available.min(lacking);
            let transfer = Transfer { from: split.split, to: Split::FIRST, units: part };
            if self.transfer(&first.key(), transfer, now).await? {
                lacking -= part;
            }
        }
        let first = self.get_row(&first.key()).await?.unwrap_or(first);
        let splits = self.splits_of(&first).await?;
        Ok((first, splits))
    }

    /// Brings together what such a change takes of a row, where the warehouse has it and the row does not.
    pub(crate) async fn gather_for(
        &self,
        first: StockRow,
        splits: Vec<StockRow>,
        delta: Delta,
        now: Timestamp,
    ) -> Result<(StockRow, Vec<StockRow>), StoreError> {
        let takes = u32::try_from(-delta.available()).unwrap_or(0);
        match splits.is_empty() || takes <= first.available {
            true => Ok((first, splits)),
            false => self.gather(first, takes, now).await,
        }
    }

    /// Brings together so many units in the first rows of split ones. True where there was anything to bring.
    pub(crate) async fn gather_all(&self, rows: &[StockRow], units: u32, now: Timestamp) -> Result<bool, StoreError> {
        let mut any = false;
        for row in rows.iter().filter(|row| !row.splits.is_none()) {
            let (gathered, _) = self.gather(row.clone(), units, now).await?;
            any |= gathered.available > row.available;
        }
        Ok(any)
    }
}
