use souk_inventory::SetQuantityOutcome;

use super::shelf::{Shelf, at, operator, sku, warehouse};

async fn set(shelf: &Shelf, quantity: u32, seen: Option<u64>) -> SetQuantityOutcome {
    shelf.rows.set_quantity((&sku("a"), &warehouse("w1")), quantity, seen, &operator(), at(1)).await.unwrap()
}

#[tokio::test]
async fn a_count_changes_the_version_that_was_seen_and_no_other() {
    let shelf = Shelf::stocked(&[]).await;
    assert!(matches!(set(&shelf, 5, Some(1)).await, SetQuantityOutcome::Stale(None)));
    assert!(matches!(set(&shelf, 5, None).await, SetQuantityOutcome::Created(row) if row.version == 1));
    for quantity in [5, 6] {
        assert!(
            matches!(set(&shelf, quantity, None).await, SetQuantityOutcome::VersionNeeded(row) if row.version == 1)
        );
    }
    assert!(matches!(set(&shelf, 9, Some(1)).await, SetQuantityOutcome::Changed(row) if row.version == 2));
    assert!(matches!(set(&shelf, 7, Some(1)).await, SetQuantityOutcome::Stale(Some(row)) if row.version == 2));
    assert!(matches!(set(&shelf, 9, Some(2)).await, SetQuantityOutcome::Unchanged(row) if row.version == 2));
    assert_eq!(shelf.numbers("a", "w1").await, (9, 0, 9));
}

#[tokio::test]
async fn invariant_i1_a_count_below_what_is_reserved_is_refused() {
    let shelf = Shelf::stocked(&[("a", "w1", 5)]).await;
    shelf.held(1, &[("a", 3)]).await;
    let refused = set(&shelf, 2, Some(2)).await;
    assert!(matches!(refused, SetQuantityOutcome::BelowReserved(row) if row.reserved_quantity == 3));
    assert!(matches!(set(&shelf, 3, Some(2)).await, SetQuantityOutcome::Changed(row) if row.available == 0));
}

#[tokio::test]
async fn availability_is_the_sum_over_warehouses_and_its_version_rises() {
    let shelf = Shelf::stocked(&[("a", "w1", 5), ("a", "w2", 2)]).await;
    let before = shelf.rows.availability(&sku("a")).await.unwrap();
    assert_eq!((before.available, before.version), (7, 2));
    shelf.held(1, &[("a", 6)]).await;
    let after = shelf.rows.availability(&sku("a")).await.unwrap();
    assert_eq!((after.available, after.version), (1, 4));
}
