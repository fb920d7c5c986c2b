//! The units of a warehouse's hot row are shared out among splits, and brought together again once it is over.

use jiff::Timestamp;
use souk_domain::stock::{RowKey, Split, StockRow, share_out, wanted_splits};
use souk_dynamo::StoreError;
use souk_inventory::StockRows;
use souk_wiring::FromEnvironment;

use crate::maintain_rows::Report;

/// So often a first row may be written while it is being split.
const ATTEMPTS: usize = 8;

/// Rows of stock.
#[derive(Debug, FromEnvironment)]
pub struct SpreadRow {
    stock: StockRows,
}

impl SpreadRow {
    /// A use case of these rows.
    pub fn new(stock: StockRows) -> Self {
        Self { stock }
    }

    /// Splits a warehouse's row further where it remembers too much, and evens out the units of its rows. What comes twice
    /// finds nothing to do.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn share_out(&self, row: &RowKey, now: Timestamp, report: &mut Report) -> Result<(), StoreError> {
        self.use_splits(row, now, report, |first, splits| wanted_splits(first, splits).max(first.splits.used)).await
    }

    /// Has checkouts ask the first row alone again, where all its rows remember little; then they give it what they have.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn merge(&self, row: &RowKey, now: Timestamp, report: &mut Report) -> Result<(), StoreError> {
        self.use_splits(row, now, report, wanted_splits).await
    }

    async fn use_splits(
        &self,
        row: &RowKey,
        now: Timestamp,
        report: &mut Report,
        wanted: impl Fn(&StockRow, &[StockRow]) -> u16,
    ) -> Result<(), StoreError> {
        for _ in 0..ATTEMPTS {
            let Some(first) = self.stock.get_row(&row.of_split(Split::FIRST)).await? else { return Ok(()) };
            let splits = self.stock.splits_of(&first).await?;
            let wanted = wanted(&first, &splits);
            if wanted == first.splits.used {
                return self.even_out(&first, &splits, now, report).await;
            }
            if self.stock.use_splits(&first, wanted, now).await? {
                tracing::info!(%row, from = first.splits.used, to = wanted, "a row of stock is split anew");
                report.split += 1;
            }
        }
        Err(StoreError::Busy(format!("{row} is being written by others")))
    }

    async fn even_out(
        &self,
        first: &StockRow,
        splits: &[StockRow],
        now: Timestamp,
        report: &mut Report,
    ) -> Result<(), StoreError> {
        for transfer in share_out(first, splits) {
            // Refused where units were sold meanwhile: whoever runs low asks again.
            if self.stock.transfer(&first.key(), transfer, now).await? {
                report.moved += u64::from(transfer.units);
            }
        }
        Ok(())
    }
}
