//! Hints of how many units of a SKU are left, published on the bus.
//!
//! Each SKU is read when it is published, with a version that rises: whichever hint comes late is dropped by
//! whoever knows a newer one. Nothing is published of which a shopper would be told the same, and of a SKU
//! that was published lately nothing either: it is put into a queue for as long as it has to wait.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use souk_domain::{ids::Sku, stock::StockRow};
use souk_dynamo::StoreError;
use souk_events::inventory::{AvailabilityChanged, HintDue, SOURCE};
use souk_inventory::{Availability, HintBook, HintStep};
use souk_runtime::{
    bus::{Bus, Event},
    queue::Failure,
    stream::{BatchResult, RecordFailure},
};
use souk_wiring::{FromEnvironment, Sender};

use crate::row_changes::RowChange;

/// How many SKUs are seen to at once.
const AT_ONCE: usize = 8;

/// A SKU that may have to be published, and the first record of the batch that says so.
pub(crate) type Due = (usize, Sku);

/// What was told and is to be told, the bus, and the queue of those that wait.
#[derive(Debug, FromEnvironment)]
pub(crate) struct Hints {
    book: HintBook,
    bus: Bus,
    #[variable("DUE_HINTS_URL")]
    waiting: Sender,
}

impl Hints {
    /// Publishes how many units there are of each of these SKUs now, where that is news and its time has come.
    ///
    /// # Errors
    /// The first record whose SKU was not seen to. What is published twice carries the same version or a newer one.
    pub(crate) async fn publish(&self, due: Vec<Due>, now: Timestamp) -> BatchResult {
        let steps = due.into_iter().map(async |(index, sku)| {
            let step = self.book.step(&sku, now).await;
            (index, sku, step)
        });
        let steps: Vec<_> = stream::iter(steps).buffered(AT_ONCE).collect().await;
        let (mut told, mut waiting, mut unread) = (Vec::new(), Vec::new(), Ok(()));
        for (index, sku, step) in steps {
            match step {
                Ok(HintStep::Holds) => {}
                Ok(HintStep::Tell(present)) => told.push((index, present)),
                Ok(HintStep::Wait(seconds)) => waiting.push((index, sku, seconds)),
                Err(error) => {
                    unread = Err((index, error.into()));
                    break;
                }
            }
        }
        let published = self.tell(told).await;
        self.let_wait(waiting).await?;
        published?;
        unread
    }

    async fn tell(&self, told: Vec<(usize, Availability)>) -> BatchResult {
        let event = |(index, present): &(usize, Availability)| {
            let Availability { sku, available, version } = present.clone();
            let event = Event::new(AvailabilityChanged::DETAIL_TYPE, &AvailabilityChanged { sku, available, version });
            event.map(|event| (*index, event)).map_err(|error| (*index, error))
        };
        let events = told.iter().map(event).collect::<Result<_, _>>()?;
        let published = self.bus.publish(SOURCE, events).await;
        // Those before the first that was not taken do not come again.
        let until = published.as_ref().map_or_else(|(failed, _)| *failed, |()| usize::MAX);
        let told: Vec<_> = told.into_iter().take_while(|(index, _)| *index < until).collect();
        let noted = told.into_iter().map(async |(index, present)| {
            self.book.has_told(&present).await.map_err(|error: StoreError| (index, error.into()))
        });
        stream::iter(noted).buffered(AT_ONCE).try_collect::<()>().await?;
        published
    }

    async fn let_wait(&self, waiting: Vec<(usize, Sku, u16)>) -> BatchResult {
        let sent = waiting.into_iter().map(async |(index, sku, seconds)| {
            let sent = self.waiting.send(&HintDue { sku }, seconds).await;
            sent.map_err(|error| (index, RecordFailure::Outage(Failure::from(error))))
        });
        stream::iter(sent).buffered(AT_ONCE).try_collect().await
    }
}

/// The SKUs that a warehouse began to hold, each once.
pub(crate) fn of_new_rows(changes: &[RowChange]) -> Vec<Due> {
    due(changes, |old, new| old.is_none() && new.split.is_first())
}

/// The SKUs of which there is more or less to sell than before, each once. A commit changes a row, but
/// not what can be sold.
pub(crate) fn of_changed_rows(changes: &[RowChange]) -> Vec<Due> {
    due(changes, |old, new| old.is_some_and(|old| old.available != new.available))
}

fn due(changes: &[RowChange], is_due: impl Fn(Option<&StockRow>, &StockRow) -> bool) -> Vec<Due> {
    let mut seen = std::collections::HashSet::new();
    let due = changes.iter().filter(|it| is_due(it.old.as_ref(), &it.new) && seen.insert(&it.new.sku));
    due.map(|it| (it.index, it.new.sku.clone())).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::row_changes::tests::changes;

    fn row(sku: &str, available: u32) -> Value {
        let movement = json!({
            "kind": {"S": "SET"}, "reference": {"S": "op"}, "quantity_delta": {"N": "0"},
            "reserved_delta": {"N": "0"}, "at": {"N": "1"},
        });
        json!({
            "sku": {"S": sku}, "warehouse_id": {"S": "w"}, "quantity": {"N": "9"}, "reserved_quantity": {"N": "1"},
            "available": {"N": available.to_string()}, "version": {"N": "2"}, "movement": {"M": movement},
        })
    }

    fn due(index: usize, sku: &str) -> Due {
        (index, sku.parse().unwrap())
    }

    #[test]
    fn a_sku_is_published_once_a_batch_and_only_where_its_availability_changed() {
        let changes = changes([
            (row("C", 5), row("C", 5)),
            (row("A", 8), row("A", 7)),
            (row("B", 2), row("B", 1)),
            (row("A", 7), row("A", 6)),
        ]);
        assert_eq!(of_changed_rows(&changes), [due(1, "A"), due(2, "B")]);
        assert_eq!(of_new_rows(&changes), []);
    }

    #[test]
    fn a_row_that_is_new_is_published_at_once_and_not_gathered_too() {
        let changes = changes([
            (row("A", 8), row("A", 7)),
            (json!({}), row("B", 0)),
            (json!({}), row("C", 3)),
            (json!({}), row("B", 4)),
        ]);
        assert_eq!(of_new_rows(&changes), [due(1, "B"), due(2, "C")]);
        assert_eq!(of_changed_rows(&changes), [due(0, "A")]);
    }

    #[test]
    fn each_change_of_a_batch_is_published_one_way_or_the_other() {
        let changes = changes([(json!({}), row("A", 5)), (row("A", 5), row("A", 4)), (row("A", 4), row("A", 4))]);
        assert_eq!(of_new_rows(&changes), [due(0, "A")]);
        assert_eq!(of_changed_rows(&changes), [due(1, "A")]);
    }
}
