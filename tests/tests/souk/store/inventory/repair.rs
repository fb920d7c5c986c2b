//! An operator sets a row right from its reservations.

use souk_domain::stock::MovementKind;
use souk_dynamo::{Update, n};
use souk_inventory::RepairOutcome;

use super::shelf::{Shelf, at, operator, reservation, sku, warehouse};

const LATER: i64 = 100;

impl Shelf {
    async fn repair(&self, seen: u64, second: i64) -> RepairOutcome {
        let row = (&sku("a"), &warehouse("w1"));
        self.reservations.repair(row, seen, &operator(), at(second)).await.unwrap()
    }

    /// 10 units, 3 of them held; then the row says something else.
    async fn spoilt(reserved: i64, available: i64) -> Self {
        let shelf = Self::stocked(&[("a", "w1", 10), ("a", "w2", 10)]).await;
        shelf.held(1, &[("a", 3)]).await;
        shelf.held(2, &[("a", 2)]).await;
        let _released = shelf.reservations.release_abandoned(&reservation(2), at(1)).await.unwrap();
        let key = [("sku", "a"), ("warehouse_id", "w1")];
        let update = Update::new().set("reserved_quantity", n(reserved)).set("available", n(available));
        assert!(shelf.stock_table.update(&key, update).await.unwrap().is_written());
        shelf
    }
}

#[tokio::test]
async fn a_repaired_row_has_set_aside_what_reservations_hold_and_says_who_did_it() {
    for (reserved, available) in [(5, 5), (0, 10), (3, 6), (3, -1), (-2, 12)] {
        let shelf = Shelf::spoilt(reserved, available).await;
        let RepairOutcome::Repaired(row) = shelf.repair(4, LATER).await else { panic!("{reserved}, {available}") };
        assert_eq!((row.quantity, row.reserved_quantity, row.available, row.version), (10, 3, 7, 5));
        assert_eq!((row.movement.kind, row.movement.reference.as_str()), (MovementKind::Repaired, "operator-1"));
        assert_eq!((row.movement.delta.quantity, row.movement.delta.reserved), (0, 3 - reserved));
        assert_eq!(shelf.repair(5, 2 * LATER).await, RepairOutcome::Sound(row));
        assert_eq!(shelf.numbers("a", "w2").await, (10, 0, 10));
    }
}

#[tokio::test]
async fn only_the_version_that_was_seen_and_only_a_row_at_rest() {
    let shelf = Shelf::spoilt(5, 5).await;
    assert_eq!(shelf.repair(3, LATER).await, RepairOutcome::Stale(4));
    assert_eq!(shelf.repair(4, 10).await, RepairOutcome::Moving);
    assert!(matches!(shelf.repair(4, 11).await, RepairOutcome::Repaired(_)));
    let nowhere = (&sku("a"), &warehouse("w9"));
    assert_eq!(shelf.reservations.repair(nowhere, 1, &operator(), at(LATER)).await.unwrap(), RepairOutcome::Absent);
}

#[tokio::test]
async fn a_row_with_fewer_units_than_are_held_must_be_counted_first() {
    let shelf = Shelf::spoilt(3, 7).await;
    let key = [("sku", "a"), ("warehouse_id", "w1")];
    assert!(shelf.stock_table.update(&key, Update::new().set("quantity", n(2))).await.unwrap().is_written());
    assert_eq!(shelf.repair(4, LATER).await, RepairOutcome::TooFewUnits { quantity: 2, held: 3 });
}
