use std::collections::{BTreeSet, HashMap};

use souk_domain::stock::{MovementKind, Place};
use souk_inventory::{AdjustOutcome, Count, Ledger, PlaceOutcome, SetQuantityOutcome};

use super::shelf::{Shelf, at, operator, sku, warehouse};

fn place(text: &str) -> Place {
    Place::parse(text).unwrap()
}

async fn put_away(shelf: &Shelf, text: Option<&str>) -> PlaceOutcome {
    let place = text.map(place);
    shelf.rows.put_away((&sku("a"), &warehouse("w1")), place.as_ref(), &operator(), at(1)).await.unwrap()
}

async fn count(shelf: &Shelf, quantity: u32, text: Option<&str>, seen: Option<u64>) -> SetQuantityOutcome {
    let count = Count { quantity, place: text.map(place) };
    shelf.rows.set_quantity((&sku("a"), &warehouse("w1")), count, seen, &operator(), at(1)).await.unwrap()
}

#[tokio::test]
async fn a_place_is_kept_with_the_count_and_a_count_without_one_leaves_it() {
    let shelf = Shelf::stocked(&[]).await;
    assert!(matches!(count(&shelf, 5, Some("A-1"), None).await, SetQuantityOutcome::Created(_)));
    let kept = async || shelf.row("a", "w1").await.place;
    assert_eq!(kept().await, Some(place("A-1")));
    assert!(matches!(count(&shelf, 5, Some("A-1"), Some(1)).await, SetQuantityOutcome::Unchanged(_)));
    assert!(matches!(count(&shelf, 6, None, Some(1)).await, SetQuantityOutcome::Changed(_)));
    assert_eq!(kept().await, Some(place("A-1")));
    let moved = count(&shelf, 6, Some("B-2"), Some(2)).await;
    assert!(matches!(moved, SetQuantityOutcome::Changed(row) if row.quantity == 6 && row.version == 3));
    assert!(matches!(count(&shelf, 6, Some("C-3"), Some(2)).await, SetQuantityOutcome::Stale(_)));
    assert_eq!(kept().await, Some(place("B-2")));
}

#[tokio::test]
async fn a_place_is_changed_by_itself_and_told_by_the_ledger_once() {
    let shelf = Shelf::stocked(&[("a", "w1", 5)]).await;
    shelf.held(1, &[("a", 3)]).await;
    for outcome in [put_away(&shelf, Some("A-1")).await, put_away(&shelf, Some("A-2")).await] {
        assert!(matches!(outcome, PlaceOutcome::Placed(_)));
    }
    assert!(matches!(put_away(&shelf, Some("A-2")).await, PlaceOutcome::Unchanged(row) if row.version == 4));
    let row = shelf.row("a", "w1").await;
    assert_eq!((row.quantity, row.reserved_quantity, row.available), (5, 3, 2));
    assert_eq!((row.movement.kind, row.movement.reason.as_deref()), (MovementKind::Placed, Some("A-2")));
    assert_eq!(row.movement.reference, operator().to_string());
    let ledger = Ledger::new(shelf.ledger.clone());
    ledger.record(&row).await.unwrap();
    let sum = ledger.sum(&row.key(), row.version).await.unwrap();
    assert_eq!(sum.supplied, 0, "no unit came");

    assert!(matches!(put_away(&shelf, None).await, PlaceOutcome::Placed(row) if row.place.is_none()));
    assert!(matches!(put_away(&shelf, None).await, PlaceOutcome::Unchanged(row) if row.version == 5));
}

#[tokio::test]
async fn what_moves_units_leaves_their_place_and_a_row_that_is_none_has_none() {
    let shelf = Shelf::stocked(&[("a", "w1", 5)]).await;
    let nowhere = shelf.rows.put_away((&sku("a"), &warehouse("w2")), Some(&place("A-1")), &operator(), at(1)).await;
    assert_eq!(nowhere.unwrap(), PlaceOutcome::Absent);
    assert!(shelf.rows.get(&sku("a"), &warehouse("w2")).await.unwrap().is_none());
    assert!(matches!(put_away(&shelf, Some("A-1")).await, PlaceOutcome::Placed(_)));
    shelf.held(1, &[("a", 3)]).await;
    let adjusted = shelf.adjusted(-1, "broken").await;
    assert!(matches!(adjusted, AdjustOutcome::Adjusted(row) if row.place == Some(place("A-1"))));
}

#[tokio::test]
async fn pickers_are_told_the_places_of_their_own_warehouse() {
    let shelf = Shelf::stocked(&[("a", "w1", 5), ("b", "w1", 5), ("a", "w2", 5)]).await;
    assert!(matches!(put_away(&shelf, Some("A-1")).await, PlaceOutcome::Placed(_)));
    let skus: BTreeSet<_> = ["a", "b", "c"].map(sku).into();
    let of = async |id: &str| shelf.rows.places(&warehouse(id), &skus).await.unwrap();
    assert_eq!(of("w1").await, HashMap::from([(sku("a"), place("A-1"))]));
    assert_eq!(of("w2").await, HashMap::new());
    assert_eq!(shelf.rows.places(&warehouse("w1"), &BTreeSet::new()).await.unwrap(), HashMap::new());
}
