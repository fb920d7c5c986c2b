//! Holds what the write does on DynamoDB's semantics to what the rules say of the row.

use proptest::prelude::*;
use souk_dynamo::{Outcome, Table};
use tokio::runtime::Runtime;

use super::*;

fn row(quantity: u32, reserved_quantity: u32) -> StockRow {
    StockRow {
        sku: "s".parse().unwrap(),
        warehouse_id: "w".parse().unwrap(),
        quantity,
        reserved_quantity,
        available: quantity - reserved_quantity,
        place: None,
        version: 7,
        movement: cause(Change::Set(quantity), 0),
    }
}

fn cause(change: Change, quantity: u32) -> Movement {
    Movement {
        kind: change.kind(),
        reference: "test".to_owned(),
        reason: None,
        delta: change.delta(quantity),
        at: Timestamp::UNIX_EPOCH,
    }
}

/// Every row of which invariant I1 holds: few units, and as many as a row can have.
fn rows() -> impl Strategy<Value = StockRow> {
    let quantity = prop_oneof![0..12_u32, MAX_UNITS - 12..=MAX_UNITS];
    let reserved = quantity.prop_flat_map(|units| {
        let near = units.saturating_sub(12)..=units;
        (Just(units), prop_oneof![0..=units.min(12), near])
    });
    reserved.prop_map(|(quantity, reserved)| row(quantity, reserved))
}

fn changes() -> impl Strategy<Value = Change> {
    let units = prop_oneof![0..15_u32, MAX_UNITS - 15..=MAX_UNITS, Just(u32::MAX)];
    let delta = prop_oneof![-15..15_i64, Just(i64::MIN), Just(i64::MAX), Just(i64::from(MAX_UNITS))];
    prop_oneof![
        units.clone().prop_map(Change::Set),
        delta.prop_map(Change::Adjust),
        units.clone().prop_map(Change::Reserve),
        units.clone().prop_map(Change::Commit),
        units.clone().prop_map(Change::Release),
        units.clone().prop_map(Change::Return),
        units.clone().prop_map(Change::Allot),
        units.prop_map(Change::Short),
    ]
}

async fn table() -> Table {
    Table::new(souk_testkit::dynamodb::with_tables_of("transactions").await.unwrap(), "InventoryTable")
}

/// The row after the write, `None` where it was refused.
async fn written(table: &Table, row: &StockRow, write: Update) -> Option<StockRow> {
    table.put(row).await.unwrap();
    match table.update(&key(&row.sku, &row.warehouse_id), write).await.unwrap() {
        Outcome::Written(item) => Some(souk_dynamo::decode(item).unwrap()),
        Outcome::Refused(item) => {
            assert_eq!(souk_dynamo::decode::<StockRow>(item.unwrap()).unwrap(), *row, "a refusal brings the row");
            None
        }
    }
}

#[test]
fn invariant_i1_the_write_of_a_change_does_what_the_rules_say() {
    let runtime = Runtime::new().unwrap();
    let table = runtime.block_on(table());
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) };
    proptest!(config, |(row in rows(), change in changes())| {
        let movement = cause(change, row.quantity);
        let expected = row.apply(change, movement.clone()).ok();
        let write = movement_of(&movement).unwrap();
        prop_assert_eq!(runtime.block_on(written(&table, &row, write.clone())), expected.clone());
        prop_assert_eq!(runtime.block_on(written(&table, &row, unless_moved(write.clone(), &row))), expected);
        let older = StockRow { version: row.version - 1, ..row.clone() };
        prop_assert_eq!(runtime.block_on(written(&table, &row, unless_moved(write, &older))), None);
    });
}

#[tokio::test]
async fn no_change_makes_a_row() {
    let (table, row) = (table().await, row(0, 0));
    for change in [Change::Adjust(1), Change::Return(1), Change::Release(0)] {
        let write = movement_of(&cause(change, 0)).unwrap();
        let outcome = table.update(&key(&row.sku, &row.warehouse_id), write).await.unwrap();
        assert_eq!(outcome, Outcome::Refused(None), "{change:?}");
    }
}
