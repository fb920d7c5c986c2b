use std::collections::BTreeMap;

use souk_domain::{ids::FlashSaleId, stock::MovementKind};
use souk_inventory::{AllotOutcome, FlashSaleUnits, GivenBack};

use super::shelf::{Shelf, at, sku, warehouse};

fn sale() -> FlashSaleId {
    "black-friday".parse().unwrap()
}

fn units_of(shelf: &Shelf) -> FlashSaleUnits {
    FlashSaleUnits::new(shelf.reservations_table.clone(), shelf.rows.clone())
}

fn back(shards: &[(u32, &str, u32)]) -> BTreeMap<u32, GivenBack> {
    let given = |(shard, w, returned): &(u32, &str, u32)| {
        (*shard, GivenBack { warehouse_id: warehouse(w), returned: *returned })
    };
    shards.iter().map(given).collect()
}

#[tokio::test]
async fn a_sales_units_leave_stock_once_and_nobody_else_can_buy_them() {
    let shelf = Shelf::stocked(&[("a", "w1", 30), ("a", "w2", 20)]).await;
    let units = units_of(&shelf);
    let first = units.allot(&sale(), &sku("a"), 45, at(0)).await.unwrap();
    let AllotOutcome::Allotted(lines) = &first else { panic!("{first:?}") };
    assert_eq!(lines.iter().map(|line| line.quantity).sum::<u32>(), 45);
    assert_eq!(units.allot(&sale(), &sku("a"), 45, at(1)).await.unwrap(), first, "a repeat finds what was taken");
    let left = shelf.row("a", "w1").await.available + shelf.row("a", "w2").await.available;
    assert_eq!(left, 5);
    let other = units.allot(&"other".parse().unwrap(), &sku("a"), 6, at(2)).await.unwrap();
    assert!(matches!(&other, AllotOutcome::OutOfStock(shortage) if shortage.available == 5), "{other:?}");
}

#[tokio::test]
async fn invariant_i8_what_a_sale_gives_back_is_credited_once_however_often_sent() {
    let shelf = Shelf::stocked(&[("a", "w1", 30), ("a", "w2", 20)]).await;
    let units = units_of(&shelf);
    let _allotted = units.allot(&sale(), &sku("a"), 50, at(0)).await.unwrap();
    let given_back = back(&[(0, "w1", 10), (1, "w1", 2), (2, "w2", 7)]);
    // Several sweepers at once, with the same and with older readings.
    let older = back(&[(0, "w1", 4), (2, "w2", 7)]);
    let sale_id = sale();
    let runs = (0..6).map(|n| units.credit(&sale_id, if n % 2 == 0 { &given_back } else { &older }, at(1)));
    let credited: u32 = futures_util::future::join_all(runs).await.into_iter().map(Result::unwrap).sum();
    assert_eq!(credited, 19);
    assert_eq!(shelf.numbers("a", "w1").await, (12, 0, 12));
    assert_eq!(shelf.numbers("a", "w2").await, (7, 0, 7));
    let row = shelf.row("a", "w2").await;
    assert_eq!(row.movement.kind, MovementKind::Returned);
    assert_eq!(units.credit(&sale(), &back(&[(1, "w1", 3)]), at(2)).await.unwrap(), 1, "a late return");
    assert_eq!(units.credit(&"unknown".parse().unwrap(), &given_back, at(2)).await.unwrap(), 0);
}
