use souk_domain::{
    reservation::{AttachOutcome, CommitOutcome, ReleaseOutcome},
    stock::MovementKind,
};
use souk_inventory::{AdjustOutcome, Ledger, LedgerEntry};

use super::shelf::{Shelf, at, key, order, reservation};

/// What the stream would do after each write, twice: records repeat.
async fn record(shelf: &Shelf, ledger: &Ledger) {
    let row = shelf.row("a", "w1").await;
    ledger.record(&row).await.unwrap();
    ledger.record(&row).await.unwrap();
}

/// All of the row's movements, page by page, oldest first.
async fn all(ledger: &Ledger) -> Vec<LedgerEntry> {
    let mut entries = Vec::new();
    let mut below = None;
    loop {
        let page = ledger.page(&key("a", "w1"), below, 2).await.unwrap();
        entries.extend(page.entries);
        below = page.next;
        if below.is_none() {
            entries.reverse();
            return entries;
        }
    }
}

#[tokio::test]
async fn the_ledger_explains_the_present_numbers_movement_by_movement() {
    let shelf = Shelf::stocked(&[("a", "w1", 10)]).await;
    let ledger = Ledger::new(shelf.ledger.clone());
    let (reservations, id) = (&shelf.reservations, reservation(1));
    record(&shelf, &ledger).await;
    shelf.held(1, &[("a", 3)]).await;
    record(&shelf, &ledger).await;
    assert!(matches!(shelf.adjusted(-2, "broken").await, AdjustOutcome::Adjusted(_)));
    record(&shelf, &ledger).await;
    assert_eq!(reservations.attach(&id, &order(1), at(1500), at(10)).await.unwrap(), AttachOutcome::Attached);
    record(&shelf, &ledger).await;
    assert_eq!(reservations.commit(&id, &order(1), at(20)).await.unwrap(), CommitOutcome::Committed);
    record(&shelf, &ledger).await;
    let returned = reservations.release_for_order(&id, &order(1), true, &[], at(30)).await.unwrap();
    assert_eq!(returned, ReleaseOutcome::Returned);
    record(&shelf, &ledger).await;

    let entries = all(&ledger).await;
    let kinds: Vec<_> = entries.iter().map(|entry| entry.movement.kind).collect();
    use MovementKind::{Adjusted, Committed, Reserved, Returned, Set};
    assert_eq!(kinds, [Set, Reserved, Adjusted, Committed, Returned]);
    assert_eq!(entries.iter().map(|entry| entry.version).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    assert_eq!(entries[1].movement.reference, id.as_str());
    assert_eq!(entries[2].movement.reason.as_deref(), Some("broken"));
    let (mut quantity, mut reserved) = (0, 0);
    for entry in &entries {
        quantity += entry.movement.delta.quantity;
        reserved += entry.movement.delta.reserved;
        assert_eq!((i64::from(entry.quantity), i64::from(entry.reserved_quantity)), (quantity, reserved));
    }
    assert_eq!(shelf.numbers("a", "w1").await, (8, 0, 8));
}

/// aws-samples/aws-serverless-shopping-cart#67: a counter was fed from a stream by adding, so that a batch
/// that was retried counted twice.
#[tokio::test]
async fn aws_serverless_shopping_cart_67_a_stream_read_again_counts_nothing_twice() {
    let shelf = Shelf::stocked(&[("a", "w1", 10)]).await;
    let ledger = Ledger::new(shelf.ledger.clone());
    let mut records = vec![shelf.row("a", "w1").await];
    for delta in [5, -2] {
        assert!(matches!(shelf.adjusted(delta, "found").await, AdjustOutcome::Adjusted(_)));
        records.push(shelf.row("a", "w1").await);
    }
    // The batch fails at its end, and comes again from its beginning.
    for row in records.iter().chain(&records) {
        ledger.record(row).await.unwrap();
    }
    let entries = all(&ledger).await;
    assert_eq!(entries.iter().map(|entry| entry.version).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(entries.iter().map(|entry| entry.movement.delta.quantity).sum::<i64>(), 13);
}
