//! A batch of the stream of stock rows, read once: a row may be large, and several look at each.

use souk_domain::stock::StockRow;
use souk_runtime::stream::{Record, RecordFailure};

/// A row as it was and as it is.
#[derive(Debug)]
pub(crate) struct RowChange {
    /// Which record of the batch says so.
    pub(crate) index: usize,
    /// `None` where a warehouse began to hold the SKU.
    pub(crate) old: Option<StockRow>,
    pub(crate) new: StockRow,
}

/// What a batch changed; rows that are gone are left out.
///
/// # Errors
/// The first record that cannot be read.
pub(crate) fn row_changes(records: &[Record]) -> Result<Vec<RowChange>, (usize, RecordFailure)> {
    let read = |(index, record): (usize, &Record)| {
        let new = record.new_image::<StockRow>().map_err(|error| (index, error)).transpose()?;
        Some(new.map(|new| RowChange { index, old: record.old(), new }))
    };
    records.iter().enumerate().filter_map(read).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// A record of the stream; an image without attributes stands for a row that was not there.
    fn record(old: Value, new: Value) -> Record {
        Record::from_json(json!({
            "awsRegion": "us-east-1", "eventID": "1", "eventName": "MODIFY",
            "dynamodb": {
                "ApproximateCreationDateTime": 1.0, "Keys": {"sku": {"S": "A"}},
                "OldImage": old, "NewImage": new, "SequenceNumber": "7", "SizeBytes": 1,
            },
        }))
        .unwrap()
    }

    /// The changes of a batch of these old and new rows.
    pub(crate) fn changes<const N: usize>(rows: [(Value, Value); N]) -> Vec<RowChange> {
        row_changes(&rows.map(|(old, new)| record(old, new))).unwrap()
    }

    #[test]
    fn the_first_record_that_is_no_row_is_named_and_a_row_that_is_gone_is_left_out() {
        let records = [record(json!({}), json!({})), record(json!({}), json!({"sku": {"S": "A"}}))];
        assert!(row_changes(&records[..1]).unwrap().is_empty());
        assert_eq!(row_changes(&records).unwrap_err().0, 1);
    }
}
