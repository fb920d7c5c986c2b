use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::{
    ids::{OrderId, ReservationId},
    reservation::Decision,
    stock::{Allocation, Change, StockRow, tests as rows},
};

const UNITS: u32 = 20;

/// One row with its reservations and its ledger, as the protocol makes them.
#[derive(Debug, Clone)]
struct History {
    row: StockRow,
    ledger: Vec<Movement>,
    reservations: Vec<Reservation>,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Reserve(u32),
    Commit(usize),
    Release(usize),
    Adjust(i64),
    Count(u32),
}

fn order(n: usize) -> OrderId {
    OrderId::from_uuid(Uuid::from_u128(n as u128))
}

impl History {
    fn begin() -> Self {
        let row = rows::row("s", "w", UNITS);
        Self { ledger: vec![row.movement.clone()], row, reservations: Vec::new() }
    }

    /// True where the row took it.
    fn change(&mut self, change: Change) -> bool {
        let Ok(next) = self.row.apply(change, rows::cause(change, self.row.quantity)) else { return false };
        self.ledger.push(next.movement.clone());
        self.row = next;
        true
    }

    fn step(&mut self, step: Step) {
        let count = self.reservations.len();
        match step {
            Step::Reserve(quantity) if self.change(Change::Reserve(quantity)) => {
                let (sku, warehouse_id) = (self.row.sku.clone(), self.row.warehouse_id.clone());
                let lines = vec![Allocation { sku, warehouse_id, quantity }];
                let id = ReservationId::from_uuid(Uuid::from_u128(count as u128));
                let held = Reservation::held(id, lines, Timestamp::UNIX_EPOCH, Timestamp::MAX);
                self.reservations.push(Reservation { order_id: Some(order(count)), ..held });
            }
            Step::Commit(n) if n < count => {
                let decision = self.reservations[n].commit(&order(n));
                self.follow(n, decision);
            }
            Step::Release(n) if n < count => {
                let decision = self.reservations[n].release_for_order(&order(n), true, &[]);
                self.follow(n, decision);
            }
            Step::Adjust(by) => drop(self.change(Change::Adjust(by))),
            Step::Count(to) => drop(self.change(Change::Set(to))),
            Step::Reserve(_) | Step::Commit(_) | Step::Release(_) => {}
        }
    }

    fn follow<O>(&mut self, n: usize, decision: Decision<O>) {
        if let Decision::Write(write) = decision {
            let change = write.rows.change(write.next.lines[0].quantity);
            assert!(change.is_none_or(|change| self.change(change)), "no step breaks a row");
            self.reservations[n] = write.next;
        }
    }

    fn reading(&self) -> RowReading {
        let row: RowFacts = serde_json::from_value(serde_json::to_value(&self.row).unwrap()).unwrap();
        let (mut tally, mut ledger) = (Tally::default(), LedgerSum::default());
        self.reservations.iter().flat_map(tallies).for_each(|(_, _, units)| tally.add(units));
        self.ledger.iter().for_each(|movement| ledger.add(movement));
        RowReading { key: row.key(), row: Some(row), tally, ledger }
    }
}

/// What the audit names of one row's reading.
fn names(reading: RowReading) -> Vec<String> {
    let found = stock(&"s".parse().unwrap(), &[reading]);
    let name = |violation| serde_json::to_value(violation).unwrap()["violation"].as_str().unwrap().to_owned();
    found.into_iter().map(name).collect()
}

fn histories() -> impl Strategy<Value = History> {
    let step = prop_oneof![
        (1..6_u32).prop_map(Step::Reserve),
        (0..8_usize).prop_map(Step::Commit),
        (0..8_usize).prop_map(Step::Release),
        (-4..6_i64).prop_map(Step::Adjust),
        (0..30_u32).prop_map(Step::Count),
    ];
    proptest::collection::vec(step, 0..40).prop_map(|steps| {
        let mut history = History::begin();
        steps.into_iter().for_each(|step| history.step(step));
        history
    })
}

proptest! {
    #[test]
    fn what_the_protocol_makes_has_no_violation(history in histories()) {
        prop_assert_eq!(names(history.reading()), Vec::<String>::new());
    }

    /// Each way of spoiling a sound history is found under its own name, and under no other.
    #[test]
    fn each_corruption_has_its_name(history in histories(), by in 1..9_i64) {
        let spoilt = |spoil: fn(&mut RowFacts, i64)| {
            let mut reading = history.reading();
            spoil(reading.row.as_mut().unwrap(), by);
            names(reading)
        };
        prop_assert_eq!(spoilt(|row, by| row.available += by), ["row_unsound"]);
        prop_assert_eq!(spoilt(|row, by| row.available -= by), ["row_unsound"]);
        let below_nothing = spoilt(|row, by| { row.reserved_quantity = -by; row.available = row.quantity + by; });
        prop_assert_eq!(below_nothing, ["row_unsound"]);
        let over_all = spoilt(|row, by| { row.reserved_quantity = row.quantity + by; row.available = -by; });
        prop_assert_eq!(over_all, ["row_unsound"]);
        prop_assert_eq!(spoilt(|row, by| { row.quantity += by; row.available += by; }), ["units_unbalanced"]);
        prop_assert_eq!(spoilt(|row, by| row.version += by.unsigned_abs()), ["ledger_incomplete"]);

        let mut unnoticed_hold = history.reading();
        unnoticed_hold.tally.held += by;
        prop_assert_eq!(names(unnoticed_hold), ["reserved_mismatch"]);
        let mut lost_sale = history.reading();
        lost_sale.tally.sold += by;
        prop_assert_eq!(names(lost_sale), ["units_unbalanced"]);
        let mut supplied = history.reading();
        supplied.ledger.supplied -= by;
        prop_assert_eq!(names(supplied), ["units_unbalanced"]);
    }
}

#[test]
fn a_row_that_only_reservations_know_is_missing() {
    let mut history = History::begin();
    history.step(Step::Reserve(3));
    let gone = RowReading { row: None, ..history.reading() };
    let sku: Sku = "s".parse().unwrap();
    let expected = Violation::RowMissing { row: gone.key.clone(), held: 3, sold: 0 };
    assert_eq!(stock(&sku, std::slice::from_ref(&gone)), [expected]);
    assert_eq!(stock(&sku, &[RowReading { tally: Tally::default(), ledger: LedgerSum::default(), ..gone }]), []);
}

#[test]
fn a_transfer_between_two_rows_of_a_sku_is_in_balance() {
    let sku: Sku = "s".parse().unwrap();
    let mut here = History::begin();
    here.step(Step::Adjust(-5));
    let mut there = History::begin();
    there.step(Step::Adjust(5));
    assert_eq!(stock(&sku, &[here.reading(), there.reading()]), []);
    let mut lost = there.reading();
    lost.ledger.supplied += 1;
    let unbalanced = Violation::UnitsUnbalanced { sku: sku.clone(), supplied: 41, quantity: 40, sold: 0 };
    assert_eq!(stock(&sku, &[here.reading(), lost]), [unbalanced]);
}

#[test]
fn a_repair_explains_itself_in_the_ledger() {
    let mut sum = LedgerSum::default();
    let repaired = Movement { kind: MovementKind::Repaired, ..rows::cause(Change::Adjust(0), 0) };
    sum.add(&repaired);
    assert_eq!(sum, LedgerSum { entries: 1, supplied: 0, left: 0 });
}
