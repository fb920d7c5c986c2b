use souk_dynamo::Update;
use souk_inventory::{AdjustOutcome, Seen, SetQuantityOutcome};

use super::shelf::{Shelf, at, operator, sku, warehouse};

async fn set(shelf: &Shelf, quantity: u32, seen: impl Into<Seen>) -> SetQuantityOutcome {
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

/// Who counts a row that sells all the time: what was sold while they counted is sold, and stays so.
#[tokio::test]
async fn a_count_of_what_was_seen_is_taken_whatever_was_sold_since() {
    let shelf = Shelf::stocked(&[("a", "w1", 10)]).await;
    let seen = Seen::Books { quantity: 10, counted: 1 };
    shelf.held(1, &[("a", 3)]).await;
    let counted = set(&shelf, 8, seen).await;
    assert!(
        matches!(counted, SetQuantityOutcome::Changed(row) if (row.quantity, row.available, row.counted) == (8, 5, 2))
    );
    // A second one who found the same, and one who has counted before an adjustment, are not added to it.
    assert!(matches!(set(&shelf, 8, seen).await, SetQuantityOutcome::Stale(Some(row)) if row.counted == 2));
    assert!(matches!(shelf.adjusted(1, "found").await, AdjustOutcome::Adjusted(row) if row.counted == 3));
    let before = Seen::Books { quantity: 8, counted: 2 };
    assert!(matches!(set(&shelf, 7, before).await, SetQuantityOutcome::Stale(Some(_))));
    let now = Seen::Books { quantity: 9, counted: 3 };
    assert!(matches!(set(&shelf, 2, now).await, SetQuantityOutcome::BelowReserved(row) if row.available == 6));
    assert!(matches!(set(&shelf, 9, now).await, SetQuantityOutcome::Unchanged(row) if row.counted == 3));
    assert_eq!(shelf.numbers("a", "w1").await, (9, 3, 6));
}

/// A row that was last written before rows said how often they were counted.
#[tokio::test]
async fn a_row_that_says_nothing_of_counts_is_counted_as_one_that_was_never() {
    let shelf = Shelf::stocked(&[("a", "w1", 10)]).await;
    let forget = Update::new().remove("counted");
    assert!(shelf.stock_table.update(&[("sku", "a"), ("warehouse_id", "w1")], forget).await.unwrap().is_written());
    let seen = Seen::Books { quantity: 10, counted: 0 };
    assert!(matches!(set(&shelf, 8, seen).await, SetQuantityOutcome::Changed(row) if row.counted == 1));
    assert!(matches!(set(&shelf, 7, seen).await, SetQuantityOutcome::Stale(Some(_))));
}

#[tokio::test]
async fn a_count_is_not_starved_by_buyers() {
    let shelf = Shelf::stocked(&[("a", "w1", 1_000)]).await;
    let buyers = async {
        for n in 1..=40 {
            shelf.held(n, &[("a", 1)]).await;
        }
    };
    let counts = async {
        for round in 0..5 {
            let row = shelf.row("a", "w1").await;
            let seen = Seen::Books { quantity: row.quantity, counted: row.counted };
            let counted = set(&shelf, row.quantity - 1, seen).await;
            assert!(matches!(counted, SetQuantityOutcome::Changed(_)), "{round}: {counted:?}");
        }
    };
    tokio::join!(buyers, counts);
    assert_eq!(shelf.numbers("a", "w1").await, (995, 40, 955));
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
