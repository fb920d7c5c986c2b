//! `availability-publisher`: the stream of stock rows → hints of how many units are left.
//!
//! The stream's batching window sets how often a SKU is told at most; within a batch each SKU is read
//! once and told once, as it stands then.

use souk_domain::{ids::Sku, stock::StockRow};
use souk_events::inventory::{AvailabilityChanged, SOURCE};
use souk_inventory::StockRows;
use souk_runtime::{
    ConfigError, Environment, FromEnvironment,
    bus::{Bus, Event},
    stream::{BatchResult, Record, RecordFailure},
};

/// The rows of stock, and the bus.
#[derive(Debug)]
pub struct Deps {
    rows: StockRows,
    bus: Bus,
}

impl FromEnvironment for Deps {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self {
            rows: StockRows::new(environment.table("INVENTORY_TABLE")?),
            bus: Bus::from_environment(environment, SOURCE)?,
        })
    }
}

/// Runs the function until its instance ends.
///
/// # Errors
/// Where it cannot start, or the runtime API fails.
pub fn serve() -> Result<(), souk_runtime::Error> {
    souk_runtime::stream::serve(handle)
}

/// Publishes a batch. What is told twice carries the same version or a newer one.
///
/// # Errors
/// The first record whose SKU was not told.
pub async fn handle(deps: &'static Deps, records: Vec<Record>) -> BatchResult {
    let mut events = Vec::new();
    for (index, sku) in changed_skus(&records)? {
        let now = deps.rows.availability(&sku).await.map_err(|error| (index, error.into()))?;
        let event = AvailabilityChanged { sku, available: now.available, version: now.version };
        events.push(Event::new(index, AvailabilityChanged::DETAIL_TYPE, &event)?);
    }
    deps.bus.tell(events).await
}

/// Each SKU whose availability changed, with the first record that says so.
fn changed_skus(records: &[Record]) -> Result<Vec<(usize, Sku)>, (usize, RecordFailure)> {
    let mut changed: Vec<(usize, Sku)> = Vec::new();
    for (index, record) in records.iter().enumerate() {
        let Some(new) = record.new_image::<StockRow>().map_err(|error| (index, error))? else { continue };
        // A commit changes a row, but not what can be sold.
        let moved = record.old::<StockRow>().is_none_or(|old| old.available != new.available);
        if moved && !changed.iter().any(|(_, sku)| *sku == new.sku) {
            changed.push((index, new.sku));
        }
    }
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

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

    #[test]
    fn a_sku_is_told_once_a_batch_and_only_where_its_availability_changed() {
        let records = [
            record(row("C", 5), row("C", 5)),
            record(row("A", 8), row("A", 7)),
            record(json!({}), row("B", 1)),
            record(row("A", 7), row("A", 6)),
        ];
        let changed = changed_skus(&records).unwrap();
        assert_eq!(changed, [(1, "A".parse().unwrap()), (2, "B".parse().unwrap())]);
    }
}
