//! Rows of stock whose marks have grown, named to the collector once those are old enough.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use souk_domain::stock::COLLECT_AFTER;
use souk_events::inventory::MarksGrown;
use souk_runtime::{
    queue::Failure,
    stream::{BatchResult, RecordFailure},
};
use souk_wiring::{FromEnvironment, Sender};

use crate::row_changes::RowChange;

/// How many messages are sent at once.
const AT_ONCE: usize = 8;
/// What the clock of who wrote a mark may be ahead, with the time in which its order is settled.
const SLACK_SECONDS: u16 = 5;

/// A row that is to be collected, and the record of the batch that says so.
pub(crate) type Grown = (usize, MarksGrown);

/// The queue that the collector reads.
#[derive(Debug, FromEnvironment)]
pub(crate) struct Collector(#[variable("GROWN_ROWS_URL")] Sender);

impl Collector {
    /// Has each of these rows collected when its marks are old enough. What is sent twice changes nothing.
    ///
    /// # Errors
    /// The first record whose row was not named.
    pub(crate) async fn name(&self, rows: Vec<Grown>) -> BatchResult {
        let delay = u16::try_from(COLLECT_AFTER.as_secs()).unwrap_or(u16::MAX).saturating_add(SLACK_SECONDS);
        let sent = rows.into_iter().map(async |(index, grown)| {
            let sent = self.0.send(&grown, delay).await;
            sent.map_err(|error| (index, RecordFailure::Outage(Failure::from(error))))
        });
        stream::iter(sent).buffered(AT_ONCE).try_collect().await
    }
}

/// The rows whose marks have grown, each once.
pub(crate) fn grown_rows(changes: &[RowChange]) -> Vec<Grown> {
    let mut grown: Vec<Grown> = Vec::new();
    for RowChange { index, old, new } in changes {
        let row = MarksGrown { sku: new.sku.clone(), warehouse_id: new.warehouse_id.clone() };
        let has_grown = old.as_ref().is_some_and(|old| new.has_grown_marks(old));
        if has_grown && grown.iter().all(|(_, known)| *known != row) {
            grown.push((*index, row));
        }
    }
    grown
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::row_changes::tests::changes;

    /// A row with so many marks and holds.
    fn row(sku: &str, marks: usize, holds: usize) -> Value {
        let mark = |n| (format!("m{n}"), json!({"S": "S1@1764444444123"}));
        let hold = |n| (format!("h{n}"), json!({"S": "1"}));
        let entries: serde_json::Map<_, _> = (0..marks).map(mark).chain((0..holds).map(hold)).collect();
        let movement = json!({
            "kind": {"S": "COMMITTED"}, "reference": {"S": "chk"}, "quantity_delta": {"N": "-1"},
            "reserved_delta": {"N": "-1"}, "at": {"N": "1"},
        });
        json!({
            "sku": {"S": sku}, "warehouse_id": {"S": "w"}, "quantity": {"N": "99"}, "reserved_quantity": {"N": "0"},
            "available": {"N": "9"}, "version": {"N": "2"}, "movement": {"M": movement}, "holds": {"M": entries},
        })
    }

    #[test]
    fn a_row_is_named_once_a_batch_and_only_where_its_marks_have_grown() {
        let changes = changes([
            (row("A", 6, 3), row("A", 7, 2)),
            (row("B", 7, 9), row("B", 7, 10)),
            (row("A", 7, 2), row("A", 8, 1)),
            (row("C", 40, 0), row("C", 8, 0)),
            (row("A", 15, 1), row("A", 16, 0)),
            (json!({}), row("D", 0, 0)),
        ]);
        let grown = MarksGrown { sku: "A".parse().unwrap(), warehouse_id: "w".parse().unwrap() };
        assert_eq!(grown_rows(&changes), [(2, grown)]);
    }
}
