//! Rows of stock are kept small: they forget what they remember of checkouts that are over, are split while they are hot, and
//! are merged again. Their stream says which has grown; what was left behind so, a scan of all rows finds.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::stock::StockRow;
use souk_dynamo::{Page, StoreError};
use souk_events::inventory::{RowGrown, RowTask};
use souk_inventory::StockRows;
use souk_wiring::{Call, FromEnvironment};

use crate::{collect_marks::CollectMarks, spread_row::SpreadRow};

/// What is done about rows.
#[derive(Debug, FromEnvironment)]
pub struct MaintainRows {
    stock: StockRows,
    marks: CollectMarks,
    spread: SpreadRow,
}

/// What a run did.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Rows that were looked at.
    pub rows: usize,
    /// Marks that were old enough.
    pub marks: usize,
    /// Of these, those that went.
    pub collected: usize,
    /// First rows that were split further, or whose splits are asked no more.
    pub split: usize,
    /// Units that went from one row of a warehouse to another.
    pub moved: u64,
    /// Rows that could not be finished; the next run tries again.
    pub failed: usize,
}

impl MaintainRows {
    /// A use case of these parts.
    pub fn new(stock: StockRows, marks: CollectMarks, spread: SpreadRow) -> Self {
        Self { stock, marks, spread }
    }

    /// Goes through all rows; one row's failure does not stop the others.
    ///
    /// # Errors
    /// [`StoreError`] where the rows cannot be read.
    pub async fn run(&self, call: &Call) -> Result<Report, StoreError> {
        let (mut report, mut after) = (Report::default(), None);
        loop {
            let Page { items: rows, next } = self.stock.scan_page(after).await?;
            report.rows += rows.len();
            for row in rows {
                let key = row.key();
                if let Err(error) = self.of_scan(row, call.now, &mut report).await {
                    report.failed += 1;
                    tracing::error!(row = %key, %error, "a row of stock stays as it was");
                }
            }
            match next {
                Some(key) => after = Some(key),
                None => return Ok(report),
            }
        }
    }

    /// Sees to one row, whose stream asks for it.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn of_row(&self, grown: &RowGrown, now: Timestamp) -> Result<Report, StoreError> {
        match grown.task {
            RowTask::Collect => self.marks.of_row(&grown.row, now).await,
            RowTask::ShareOut => {
                let mut report = Report { rows: 1, ..Report::default() };
                self.spread.share_out(&grown.row, now, &mut report).await?;
                Ok(report)
            }
        }
    }

    async fn of_scan(&self, row: StockRow, now: Timestamp, report: &mut Report) -> Result<(), StoreError> {
        let (key, was_split) = (row.key(), !row.splits.is_none());
        self.marks.collect(row, 1, now, report).await?;
        match was_split {
            true => self.spread.merge(&key, now, report).await,
            false => Ok(()),
        }
    }
}
