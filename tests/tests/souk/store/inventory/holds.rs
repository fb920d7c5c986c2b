//! Holds that a row holds itself: what they cost when many meet, and that each step takes effect once.

use std::collections::BTreeMap;

use jiff::Timestamp;
use souk_domain::{
    ids::CheckoutId,
    stock::{COLLECT_AFTER, Entry, GivingBack, Holding, Selling, Wish},
};
use souk_dynamo::{Transaction, Update, attribute};
use souk_inventory::{Found, StockRows};
use uuid::Uuid;

use super::shelf::{Shelf, at, key, sku, warehouse};
use crate::store::{
    meter::{Meter, units},
    tables::Tables,
};

fn checkout(n: u128) -> CheckoutId {
    CheckoutId::from_uuid(Uuid::from_u128(n * 0x1_0000_0001))
}

fn wish(n: u128, units: u32) -> Wish {
    Wish { checkout_id: checkout(n), units, decided_at: at(1) }
}

async fn hold(rows: &StockRows, n: u128, units: u32) -> Holding {
    rows.hold(&key("a", "w1"), &wish(n, units), at(1)).await.unwrap().unwrap().outcome
}

/// Buyers who each want one unit of the one row, all at once; how often each outcome came.
async fn rush(rows: &StockRows, buyers: u128) -> (u32, u32) {
    let calls: Vec<_> = (1..=buyers)
        .map(|buyer| {
            let rows = rows.clone();
            tokio::spawn(async move { hold(&rows, buyer, 1).await })
        })
        .collect();
    let (mut held, mut too_few) = (0, 0);
    for call in calls {
        match call.await.unwrap() {
            Holding::Held(1) => held += 1,
            Holding::TooFew { available: 0 } => too_few += 1,
            other => panic!("{other:?}"),
        }
    }
    (held, too_few)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_buyers_on_one_row_take_one_write_each() {
    let (meter, client) = Meter::to_a_new_store().await;
    let shelf = Shelf::in_tables(&Tables::reached_by(client), &[("a", "w1", 1000)]).await;
    meter.bill();
    assert_eq!(rush(&shelf.rows, 200).await, (200, 0));
    let bill = meter.bill();
    let (write_units, read_units) = units(&bill);
    let requests: u32 = bill.values().map(|item| item.requests).sum();
    println!("200 buyers: {:.2} writes, {:.2} units each", f64::from(requests) / 200.0, write_units / 200.0);
    assert_eq!((requests, read_units), (200, 0.0), "each hold is one write, and nothing is read");
    // The row grows by an entry a hold, and each write pays for the whole row.
    assert!(write_units / 200.0 <= 5.0, "{} write units a hold", write_units / 200.0);
    let row = shelf.row("a", "w1").await;
    assert_eq!((row.available, row.set_aside(), row.holds.len(), row.is_sound()), (800, 200, 200, true));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invariant_i3_of_64_who_want_the_last_10_units_of_a_row_10_hold_them() {
    let shelf = Shelf::stocked(&[("a", "w1", 10)]).await;
    assert_eq!(rush(&shelf.rows, 64).await, (10, 54));
    let row = shelf.row("a", "w1").await;
    assert_eq!((row.available, row.set_aside(), row.is_sound()), (0, 10, true));
}

/// The cost of a hold, a release, and of a hold that is sold and whose mark is collected: a write each.
#[tokio::test]
async fn each_step_of_a_hold_is_one_write_of_one_unit() {
    let (meter, client) = Meter::to_a_new_store().await;
    let shelf = Shelf::in_tables(&Tables::reached_by(client), &[("a", "w1", 10)]).await;
    let row = &key("a", "w1");
    meter.bill();
    assert_eq!(hold(&shelf.rows, 1, 2).await, Holding::Held(2));
    assert_eq!(units(&meter.bill()), (1.0, 0.0), "hold");
    let sold: Found<Selling> = shelf.rows.sell(row, &checkout(1), Some(2), at(2)).await.unwrap().unwrap();
    assert_eq!((sold.outcome, units(&meter.bill())), (Selling::Sold(2), (1.0, 0.0)));
    assert_eq!(hold(&shelf.rows, 2, 2).await, Holding::Held(2));
    meter.bill();
    let _released = shelf.rows.release(row, &checkout(2), Some(2), at(2)).await.unwrap().unwrap();
    assert_eq!(units(&meter.bill()), (1.0, 0.0), "release");
    let ensured = shelf.rows.ensure(row, &wish(1, 2), false, at(2)).await.unwrap().unwrap();
    assert_eq!((ensured.outcome, ensured.writes), (Holding::Marked, 0));
    let (writes, reads) = units(&meter.bill());
    assert_eq!((writes, reads), (0.0, 1.0), "S1 reads, and writes nothing");
}

#[tokio::test]
async fn a_row_from_before_rows_held_holds_is_held_of_and_keeps_its_numbers() {
    let shelf = Shelf::stocked(&[("a", "w1", 10)]).await;
    let stored = [("sku", "a"), ("warehouse_id", "w1")];
    let older = Update::new().remove("holds").when(attribute("sku").exists());
    assert!(shelf.stock_table.update(&stored, older).await.unwrap().is_written());
    shelf.held(1, &[("a", 3)]).await;
    let first = shelf.rows.hold(&key("a", "w1"), &wish(1, 4), at(1)).await.unwrap().unwrap();
    assert_eq!((first.outcome, first.writes), (Holding::Held(4), 2), "the map is made once");
    let second = shelf.rows.hold(&key("a", "w1"), &wish(2, 4), at(1)).await.unwrap().unwrap();
    assert_eq!(second.outcome, Holding::TooFew { available: 3 }, "both editions hold of one row");
    let row = shelf.row("a", "w1").await;
    assert_eq!((row.quantity, row.reserved_quantity, row.set_aside(), row.available), (10, 3, 7, 3));
    assert!(row.is_sound() && row.version == 3, "each movement has a version, the map has none");
}

async fn forgets(shelf: &Shelf, mark: &(CheckoutId, Entry), now: Timestamp) -> bool {
    let seen = shelf.row("a", "w1").await;
    shelf.rows.collect(seen, std::slice::from_ref(mark), now).await.unwrap().unwrap().outcome
}

#[tokio::test]
async fn a_late_hold_finds_a_mark_and_then_the_floor() {
    let shelf = Shelf::stocked(&[("a", "w1", 10)]).await;
    let released = shelf.rows.release(&key("a", "w1"), &checkout(1), None, at(2)).await.unwrap().unwrap();
    assert_eq!(hold(&shelf.rows, 1, 1).await, Holding::Marked);
    let mark = (checkout(1), released.row.holds.get(&checkout(1)).unwrap());
    let now = at(2) + COLLECT_AFTER;
    assert!(forgets(&shelf, &mark, now).await);
    assert!(!forgets(&shelf, &mark, now).await, "once");
    assert_eq!(hold(&shelf.rows, 1, 1).await, Holding::BelowFloor);
    let fresh = Wish { decided_at: now, ..wish(2, 1) };
    assert_eq!(shelf.rows.hold(&key("a", "w1"), &fresh, now).await.unwrap().unwrap().outcome, Holding::Held(1));
}

#[tokio::test]
async fn what_had_left_and_is_forgotten_comes_back_within_the_orders_transaction() {
    let shelf = Shelf::stocked(&[("a", "w1", 10)]).await;
    assert_eq!(hold(&shelf.rows, 1, 4).await, Holding::Held(4));
    let sold = shelf.rows.sell(&key("a", "w1"), &checkout(1), Some(4), at(2)).await.unwrap().unwrap();
    let mark = (checkout(1), sold.row.holds.get(&checkout(1)).unwrap());
    assert!(forgets(&shelf, &mark, at(100)).await);
    let forgotten = shelf.rows.give_back(&key("a", "w1"), &checkout(1), true, 0, at(101)).await.unwrap().unwrap();
    assert_eq!(forgotten.outcome, GivingBack::Forgotten);
    let transaction = shelf.rows.returning(Transaction::new(), &key("a", "w1"), &checkout(1), 4, at(101)).unwrap();
    let _done = transaction.commit(shelf.stock_table.client()).await.unwrap();
    let row = shelf.row("a", "w1").await;
    assert_eq!((row.quantity, row.available, row.is_sound()), (10, 10, true));
}

/// A few checkouts, and whoever likes to do something to their holds at once: holds, takes over, sells, gives back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invariant_i2_no_unit_of_a_row_is_lost_or_made_whatever_happens_at_once() {
    let shelf = Shelf::stocked(&[("a", "w1", 12)]).await;
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let calls: Vec<_> = (0..300)
        .map(|_| {
            let rows = shelf.rows.clone();
            let (step, id, units) = (random.u8(0..6), random.u128(1..=6), random.u32(1..4));
            tokio::spawn(async move { do_step(&rows, step, id, units, at(random_second(id))).await })
        })
        .collect();
    for call in calls {
        call.await.unwrap();
    }
    let row = shelf.row("a", "w1").await;
    assert!(row.is_sound(), "{row:?}");
    let mut by_kind: BTreeMap<&str, u32> = BTreeMap::new();
    for (_, entry) in row.holds.iter() {
        match entry {
            Entry::Held(units) => *by_kind.entry("held").or_default() += units,
            Entry::Sold { units, .. } => *by_kind.entry("sold").or_default() += units,
            Entry::Released { .. } => {}
        }
    }
    let sold = by_kind.get("sold").copied().unwrap_or_default();
    assert_eq!(row.quantity + sold, 12, "{by_kind:?}");
    assert_eq!(row.set_aside(), by_kind.get("held").copied().unwrap_or_default());
}

fn random_second(id: u128) -> i64 {
    5 + (id % 3) as i64
}

async fn do_step(rows: &StockRows, step: u8, id: u128, units: u32, now: Timestamp) {
    let (a, w1) = (sku("a"), warehouse("w1"));
    let row = &key("a", "w1");
    match step {
        0 | 1 => drop(rows.hold(row, &wish(id, units), now).await.unwrap()),
        2 => drop(rows.release(row, &checkout(id), Some(units), now).await.unwrap()),
        3 => drop(rows.sell(row, &checkout(id), Some(units), now).await.unwrap()),
        4 => drop(rows.give_back(row, &checkout(id), true, 0, now).await.unwrap()),
        _ => {
            let seen = rows.get(&a, &w1).await.unwrap().unwrap();
            drop(rows.take_over(seen, &wish(id, units), &checkout(id % 6 + 1), true, now).await.unwrap());
        }
    }
}
