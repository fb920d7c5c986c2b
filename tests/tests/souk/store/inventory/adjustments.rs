use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use souk_domain::stock::{Place, StockError};
use souk_inventory::{AdjustOutcome, Adjustment, IdempotentRequest, PlaceOutcome};

use super::shelf::{Shelf, at, operator, sku, warehouse};
use crate::store::{tables::Tables, wire::Wire};

fn adjustment(delta: i64) -> Adjustment {
    Adjustment { delta, reason: "found behind a shelf".to_owned(), by: operator(), at: at(1) }
}

async fn adjust(shelf: &Shelf, delta: i64) -> AdjustOutcome {
    shelf.adjusted(delta, "found behind a shelf").await
}

async fn adjust_once(shelf: &Shelf, key: &str, delta: i64) -> AdjustOutcome {
    let request = IdempotentRequest { key: key.to_owned(), digest: delta.to_string() };
    let row = (&sku("a"), &warehouse("w1"));
    shelf.rows.adjust(&shelf.adjustments, row, &adjustment(delta), &request).await.unwrap()
}

#[tokio::test]
async fn invariant_i1_an_adjustment_never_takes_what_is_reserved() {
    let shelf = Shelf::stocked(&[("a", "w1", 5)]).await;
    shelf.held(1, &[("a", 3)]).await;
    assert!(matches!(adjust(&shelf, -2).await, AdjustOutcome::Adjusted(row) if row.available == 0));
    for refused in [adjust(&shelf, -1).await, adjust_once(&shelf, "k", -1).await] {
        let AdjustOutcome::Refused(StockError::NotAvailable, row) = refused else { panic!("{refused:?}") };
        assert_eq!((row.quantity, row.reserved_quantity, row.available), (3, 3, 0));
    }
    assert!(matches!(adjust(&shelf, 1_000_000_000).await, AdjustOutcome::Refused(StockError::TooMany, _)));
    assert_eq!(shelf.numbers("a", "w1").await, (3, 3, 0));
}

/// The SDK repeats a request whose answer was lost, and nobody above it knows.
#[tokio::test]
async fn an_adjustment_without_a_key_is_made_once_when_its_answer_is_lost() {
    let (wire, client) = Wire::to_a_new_store().await;
    let shelf = Shelf::in_tables(&Tables::reached_by(client), &[("a", "w1", 5)]).await;
    wire.lose_answers("TransactWriteItems", 1);
    wire.lose_answers("UpdateItem", 1);
    let outcome = adjust(&shelf, 4).await;
    assert!(matches!(&outcome, AdjustOutcome::Adjusted(row) if row.quantity == 9), "{outcome:?}");
    assert!(wire.sent("TransactWriteItems") + wire.sent("UpdateItem") > 1, "it was repeated");
    assert_eq!(shelf.numbers("a", "w1").await, (9, 0, 9));
    assert!(matches!(adjust(&shelf, 4).await, AdjustOutcome::Adjusted(row) if row.quantity == 13), "another call");
}

#[tokio::test]
async fn a_row_that_no_put_has_made_cannot_be_adjusted() {
    let shelf = Shelf::stocked(&[]).await;
    assert_eq!(adjust(&shelf, 1).await, AdjustOutcome::Absent);
    assert_eq!(adjust_once(&shelf, "k", 1).await, AdjustOutcome::Absent);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_adjustment_with_a_key_is_made_once_and_answered_the_same_each_time() {
    let shelf = Shelf::stocked(&[("a", "w1", 5)]).await;
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let shelf = shelf.clone();
            tokio::spawn(async move { adjust_once(&shelf, "k", 4).await })
        })
        .collect();
    for call in calls {
        let outcome = call.await.unwrap();
        assert!(matches!(&outcome, AdjustOutcome::Adjusted(row) if row.quantity == 9), "{outcome:?}");
    }
    // The answer stays the first one, whatever happened to the row since.
    assert!(matches!(adjust(&shelf, 1).await, AdjustOutcome::Adjusted(row) if row.quantity == 10));
    assert!(matches!(adjust_once(&shelf, "k", 4).await, AdjustOutcome::Adjusted(row) if row.quantity == 9));
    assert_eq!(adjust_once(&shelf, "k", 5).await, AdjustOutcome::KeyReused);
    assert_eq!(shelf.numbers("a", "w1").await, (10, 0, 10));
}

/// As beside a sale that runs: the row is another whenever somebody has read it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_never_rests_is_adjusted_all_the_same() {
    let shelf = Shelf::stocked(&[("a", "w1", 1_000)]).await;
    let over = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = ["A-1", "B-2", "C-3", "D-4"]
        .map(|place| {
            let (rows, over) = (shelf.rows.clone(), Arc::clone(&over));
            tokio::spawn(async move {
                let (a, w1, place) = (sku("a"), warehouse("w1"), Place::parse(place).unwrap());
                let mut written = 0;
                while !over.load(Ordering::Relaxed) {
                    let put = rows.put_away((&a, &w1), Some(&place), &operator(), at(1)).await;
                    written += u32::from(matches!(put, Ok(PlaceOutcome::Placed(_))));
                }
                written
            })
        })
        .into();
    for n in 1..=5 {
        let outcome = adjust(&shelf, -2).await;
        assert!(matches!(outcome, AdjustOutcome::Adjusted(_)), "{n}: {outcome:?}");
    }
    over.store(true, Ordering::Relaxed);
    for writer in writers {
        assert!(writer.await.unwrap() > 5, "nobody wrote the row beside it");
    }
    let row = shelf.row("a", "w1").await;
    assert_eq!((row.quantity, row.available, row.is_sound()), (990, 990, true));
}
