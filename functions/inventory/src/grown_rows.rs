//! Rows of stock that have grown, named to whoever maintains them: those with marks to collect once these are old enough,
//! those that are hot at once.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use souk_domain::stock::{COLLECT_AFTER, Split};
use souk_events::inventory::{RowGrown, RowTask};
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

/// A row that is to be seen to, and the record of the batch that says so.
pub(crate) type Grown = (usize, RowGrown);

/// The queue of rows that are seen to.
#[derive(Debug, FromEnvironment)]
pub(crate) struct GrownRows(#[variable("GROWN_ROWS_URL")] Sender);

impl GrownRows {
    /// Has each of these rows seen to when its time has come. What is sent twice changes nothing.
    ///
    /// # Errors
    /// The first record whose row was not named.
    pub(crate) async fn name(&self, rows: Vec<Grown>) -> BatchResult {
        let sent = rows.into_iter().map(async |(index, grown)| {
            let sent = self.0.send(&grown, delay_of(grown.task)).await;
            sent.map_err(|error| (index, RecordFailure::Outage(Failure::from(error))))
        });
        stream::iter(sent).buffered(AT_ONCE).try_collect().await
    }
}

fn delay_of(task: RowTask) -> u16 {
    match task {
        RowTask::Collect => u16::try_from(COLLECT_AFTER.as_secs()).unwrap_or(u16::MAX).saturating_add(SLACK_SECONDS),
        RowTask::ShareOut => 0,
    }
}

/// The rows that have grown, each once for each task.
pub(crate) fn grown_rows(changes: &[RowChange]) -> Vec<Grown> {
    let mut grown: Vec<Grown> = Vec::new();
    for RowChange { index, old, new } in changes {
        let Some(old) = old else { continue };
        let key = new.key();
        let tasks = [
            (new.has_grown_marks(old), RowGrown { row: key.clone(), task: RowTask::Collect }),
            (new.needs_sharing(old), RowGrown { row: key.of_split(Split::FIRST), task: RowTask::ShareOut }),
        ];
        for (_, row) in tasks.into_iter().filter(|(is_due, _)| *is_due) {
            if grown.iter().all(|(_, known)| *known != row) {
                grown.push((*index, row));
            }
        }
    }
    grown
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use souk_domain::stock::RowKey;

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
        let split = sku.split_once('#').map_or("0", |(_, split)| split);
        json!({
            "split": {"N": split},
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
        let row = RowKey::first(&"A".parse().unwrap(), &"w".parse().unwrap());
        assert_eq!(grown_rows(&changes), [(2, RowGrown { row, task: RowTask::Collect })]);
    }

    #[test]
    fn a_row_that_remembers_too_much_has_its_units_shared_out_by_its_first_row() {
        let changes = changes([
            (row("A", 0, 198), row("A", 0, 199)),
            (row("A", 0, 199), row("A", 0, 200)),
            (row("A", 0, 210), row("A", 0, 211)),
            (row("B#3", 0, 249), row("B#3", 0, 250)),
        ]);
        let share = |sku: &str| {
            let row = RowKey::first(&sku.parse().unwrap(), &"w".parse().unwrap());
            RowGrown { row, task: RowTask::ShareOut }
        };
        assert_eq!(grown_rows(&changes), [(1, share("A")), (3, share("B"))]);
    }
}
