//! Holds what the write does on DynamoDB's semantics to what the rules say of the row.

use jiff::SignedDuration;
use proptest::prelude::*;
use souk_domain::{
    ids::CheckoutId,
    stock::{Judged, Split, Splits, Wish},
};
use souk_dynamo::{Outcome, Table};
use tokio::runtime::Runtime;
use uuid::Uuid;

use super::*;

fn row(quantity: u32, reserved_quantity: u32) -> StockRow {
    StockRow {
        split: Split::FIRST,
        splits: Splits::default(),
        sku: "s".parse().unwrap(),
        warehouse_id: "w".parse().unwrap(),
        quantity,
        reserved_quantity,
        available: quantity - reserved_quantity,
        holds: Holds::default(),
        floor: None,
        place: None,
        counted: 0,
        moved: 0,
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

fn checkout(n: u128) -> CheckoutId {
    CheckoutId::from_uuid(Uuid::from_u128(n))
}

fn at(second: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
}

fn wish(n: u128, units: u32, decided: i64) -> Wish {
    Wish { checkout_id: checkout(n), units, decided_at: at(decided) }
}

#[derive(Debug, Clone)]
enum Step {
    Hold(u128, u32, bool, i64),
    TakeOver(u128, u128, u32, bool),
    Release(u128),
    Sell(u128),
    GiveBack(u128, bool),
    Collect(u128),
    Adjust(i64),
}

fn steps() -> impl Strategy<Value = Step> {
    let (n, units) = (1..4_u128, 0..4_u32);
    prop_oneof![
        (n.clone(), units.clone(), any::<bool>(), 0..200_i64).prop_map(|(n, u, left, t)| Step::Hold(n, u, left, t)),
        (n.clone(), n.clone(), units, any::<bool>()).prop_map(|(n, o, u, last)| Step::TakeOver(n, o, u, last)),
        n.clone().prop_map(Step::Release),
        n.clone().prop_map(Step::Sell),
        (n.clone(), any::<bool>()).prop_map(|(n, confirmed)| Step::GiveBack(n, confirmed)),
        n.prop_map(Step::Collect),
        (-2..3_i64).prop_map(Step::Adjust),
    ]
}

fn write_of<O>(judged: Judged<O>) -> Option<RowWrite> {
    match judged {
        Judged::Write(write, _) => Some(write),
        Judged::Settled(_) => None,
    }
}

/// The write that the step's judgement of this row names.
fn judge(row: &StockRow, step: &Step, now: Timestamp) -> Option<RowWrite> {
    match step {
        Step::Hold(n, units, is_left, t) => write_of(row.hold_or_pass(&wish(*n, *units, *t), *is_left, now)),
        Step::TakeOver(n, older, ..) if n == older => None,
        Step::TakeOver(n, older, units, is_last) => {
            write_of(row.take_over(&wish(*n, *units, 199), &checkout(*older), *is_last, now))
        }
        Step::Release(n) => write_of(row.release(&checkout(*n), now)),
        Step::Sell(n) => write_of(row.sell(&checkout(*n), now)),
        Step::GiveBack(n, confirmed) => write_of(row.give_back(&checkout(*n), *confirmed, 0, now)),
        Step::Collect(n) => {
            let mark = row.holds.get(&checkout(*n)).map(|entry| (checkout(*n), entry))?;
            row.collect(&[mark], now)
        }
        Step::Adjust(by) => {
            let delta = Change::Adjust(*by).delta(0);
            Some(RowWrite { delta, ..RowWrite::hold(&wish(9, 0, 199), now) })
        }
    }
}

/// The row after these steps, by the rules alone.
fn brought_by(steps: &[Step]) -> StockRow {
    let after = |row: StockRow, (second, step): (usize, &Step)| {
        judge(&row, step, at(second as i64)).and_then(|write| write.on(&row)).unwrap_or(row)
    };
    steps.iter().enumerate().fold(row(6, 1), after)
}

/// Each write that some row's judgement names, on that row and on another, in which its conditions may not hold.
#[test]
fn invariant_i1_a_judged_write_takes_effect_where_and_as_the_rules_say() {
    let runtime = Runtime::new().unwrap();
    let table = runtime.block_on(table());
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) };
    let history = || proptest::collection::vec(steps(), 0..12);
    proptest!(config, |(mine in history(), others in history(), step in steps())| {
        let (mine, others) = (brought_by(&mine), brought_by(&others));
        if let Some(write) = judge(&mine, &step, at(100)) {
            prop_assert_eq!(runtime.block_on(written(&table, &mine, judged(&write).unwrap())), write.on(&mine));
            prop_assert_eq!(runtime.block_on(written(&table, &others, judged(&write).unwrap())), write.on(&others));
        }
    });
}
