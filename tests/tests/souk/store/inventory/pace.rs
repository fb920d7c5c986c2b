//! How many orders a second the rows of a SKU bear. A partition writes a thousand units a second, and in the second edition
//! each write pays for all that the row remembers.

use jiff::SignedDuration;
use souk_domain::{
    ids::CheckoutId,
    stock::{COLLECT_AFTER, COLLECT_FROM, Judged, MAX_ENTRIES, MAX_SPLITS, StockRow, Wish},
};
use uuid::Uuid;

use super::shelf::{Shelf, at, key};
use crate::store::{
    meter::{Meter, units},
    tables::Tables,
};

/// What a partition of a table writes a second.
const PARTITION: f64 = 1_000.0;
/// What an order writes to a row in the first edition: a reservation is made and committed, in transactions.
const FIRST_EDITION: f64 = 4.0;
/// The stream's window, and what the collector's message waits beyond the marks' age.
const COLLECTOR_IS_LATE: SignedDuration = SignedDuration::from_secs(10);

/// So many entries, of which three in ten still are held: of shoppers who take half a minute.
fn remembering(row: &StockRow, entries: usize) -> StockRow {
    (0..entries).fold(row.clone(), |row, n| {
        let wish = Wish { checkout_id: checkout(n as u128), units: 1, decided_at: at(1) };
        let held = after(&row, row.hold(&wish, at(1)));
        if n % 10 < 3 { held } else { after(&held, held.sell(&wish.checkout_id, at(2))) }
    })
}

fn after<O: std::fmt::Debug>(row: &StockRow, judged: Judged<O>) -> StockRow {
    let Judged::Write(write, _) = judged else { panic!("{judged:?}") };
    write.on(row).unwrap()
}

fn checkout(n: u128) -> CheckoutId {
    CheckoutId::from_uuid(Uuid::from_u128(n * 0x1_0000_0001))
}

/// Write units of an order of a row that remembers so many: hold, sale, and its share of a collection.
async fn of_an_order(shelf: &Shelf, meter: &Meter, fresh: &StockRow, entries: usize) -> f64 {
    shelf.stock_table.put(&remembering(fresh, entries)).await.unwrap();
    let id = checkout(u128::from(u64::MAX));
    meter.bill();
    let wish = Wish { checkout_id: id.clone(), units: 1, decided_at: at(3) };
    let _held = shelf.rows.hold(&key("a", "w1"), &wish, at(3)).await.unwrap().unwrap();
    let held = units(&meter.bill()).0;
    let _sold = shelf.rows.sell(&key("a", "w1"), &id, Some(1), at(4)).await.unwrap().unwrap();
    held + units(&meter.bill()).0 + held / COLLECT_FROM as f64
}

/// For how long a row remembers a checkout, of which some come to nothing after a quarter of an hour.
fn remembered(come_to_nothing: f64) -> f64 {
    let mark = COLLECT_AFTER.as_secs_f64() + COLLECTOR_IS_LATE.as_secs_f64();
    (1.0 - come_to_nothing) * 30.0 + come_to_nothing * 900.0 + mark
}

/// A row in which checkouts come as fast as they go: it remembers each from its hold to its collection.
#[tokio::test]
async fn a_row_bears_so_many_orders_a_second() {
    let (meter, client) = Meter::to_a_new_store().await;
    let shelf = Shelf::in_tables(&Tables::reached_by(client), &[("a", "w1", 10_000)]).await;
    let fresh = shelf.row("a", "w1").await;
    let mut borne = [0.0_f64; 2];
    println!(
        "| entries | units an order | orders/s, each sold after 30 s | where three in ten are given up |\n|---|---|---|---|"
    );
    for entries in [24, 50, 100, 200, 400, 800, 1_100, 1_400, MAX_ENTRIES - 1] {
        let cost = of_an_order(&shelf, &meter, &fresh, entries).await;
        // Checkouts a second, and of these the orders.
        let checkouts = [0.0, 0.3].map(|given_up| (entries - COLLECT_FROM) as f64 / remembered(given_up));
        let orders = [checkouts[0], 0.7 * checkouts[1]];
        println!("| {entries} | {cost:.1} | {:.1} | {:.1} |", orders[0], orders[1]);
        for (which, borne) in borne.iter_mut().enumerate() {
            if checkouts[which] * cost <= PARTITION {
                *borne = borne.max(orders[which]);
            }
        }
    }
    println!("\none row: {borne:.1?} orders/s; first edition: {:.0}", PARTITION / FIRST_EDITION);
    assert!(borne[0] >= 10.0 && borne[1] >= 3.0, "{borne:?} orders a second of a row");
    let of_sku = borne.map(|row| row * f64::from(MAX_SPLITS));
    println!("a SKU in one warehouse, in {MAX_SPLITS} splits: {of_sku:.0?} orders/s");
    assert!(of_sku[0] >= 1_000.0 && of_sku[1] >= 300.0, "{of_sku:?} orders a second of a SKU");
    let cold = of_an_order(&shelf, &meter, &fresh, 16).await;
    assert!(cold <= 2.2, "{cold} units of a row that sells seldom: less than the first edition's");
}
