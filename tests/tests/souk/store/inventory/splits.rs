//! A hot row that is split: what each of its rows does alone, and what a warehouse has of the SKU together.

use souk_domain::{
    audit::Violation,
    ids::{CheckoutId, FlashSaleId},
    stock::{Holding, SPLIT_FROM, Split, StockRow, Transfer, Wish},
};
use souk_dynamo::{Update, attribute, n};
use souk_inventory::{
    AdjustOutcome, AllotOutcome, FlashSaleUnits, Ledger, PlaceOutcome, ReservationBook, ReserveOutcome, Seen,
    SetQuantityOutcome, StockAuditor,
};
use souk_workflows::{maintain_rows::Report, spread_row::SpreadRow};
use uuid::Uuid;

use super::shelf::{Shelf, at, key, operator, request, sku, warehouse};

fn checkout(n: u128) -> CheckoutId {
    CheckoutId::from_uuid(Uuid::from_u128(n * 0x1_0000_0001))
}

impl Shelf {
    async fn splits(&self) -> Vec<StockRow> {
        self.rows.splits_of(&self.row("a", "w1").await).await.unwrap()
    }

    /// What the warehouse has: (quantity, set aside, available).
    async fn whole(&self) -> (u32, u32, u32) {
        let whole = self.rows.whole(&self.row("a", "w1").await).await.unwrap();
        assert!(whole.is_sound(), "{whole:?}");
        (whole.quantity, whole.set_aside(), whole.available)
    }

    async fn hold_of(&self, split: u16, n: u128, units: u32) -> Holding {
        let wish = Wish { checkout_id: checkout(n), units, decided_at: at(1) };
        let row = key("a", "w1").of_split(Split::number(split));
        self.rows.hold(&row, &wish, at(1)).await.unwrap().unwrap().outcome
    }

    /// A row of so many units in `used` splits, which share them.
    async fn split_into(units: u32, used: u16) -> Self {
        let shelf = Self::stocked(&[("a", "w1", units)]).await;
        assert!(shelf.rows.use_splits(&shelf.row("a", "w1").await, used, at(2)).await.unwrap());
        shelf.shared_out().await;
        shelf
    }

    async fn shared_out(&self) -> Report {
        let mut report = Report::default();
        SpreadRow::new(self.rows.clone()).share_out(&key("a", "w1"), at(3), &mut report).await.unwrap();
        report
    }
}

#[tokio::test]
async fn a_row_that_remembers_much_is_split_and_merged_when_it_is_over() {
    let shelf = Shelf::stocked(&[("a", "w1", 1_000)]).await;
    for n in 1..=SPLIT_FROM as u128 {
        assert_eq!(shelf.hold_of(0, n, 1).await, Holding::Held(1));
    }
    let report = shelf.shared_out().await;
    assert_eq!((report.split, report.moved), (1, 800));
    let used = shelf.row("a", "w1").await.splits.used;
    assert_eq!(
        shelf.splits().await.iter().map(|row| row.available).collect::<Vec<_>>(),
        vec![800 / u32::from(used); used.into()]
    );
    assert_eq!(shelf.whole().await, (1_000, 200, 800), "nobody sees it");
    assert_eq!(shelf.shared_out().await, Report::default(), "what comes twice finds nothing to do");
    // It stays as it is while it remembers much; then the hourly scan brings all units back.
    let spread = SpreadRow::new(shelf.rows.clone());
    let mut report = Report::default();
    spread.merge(&key("a", "w1"), at(4), &mut report).await.unwrap();
    assert_eq!(report.split, 0);
    assert_eq!(shelf.hold_of(2, 9_001, 5).await, Holding::Held(5));
    for n in 1..=SPLIT_FROM as u128 {
        let _gone = shelf.rows.release(&key("a", "w1"), &checkout(n), Some(1), at(5)).await.unwrap().unwrap();
    }
    let row = shelf.row("a", "w1").await;
    let marks: Vec<_> = row.holds.iter().collect();
    for marks in marks.chunks(32) {
        let row = shelf.row("a", "w1").await;
        assert!(shelf.rows.collect(row, marks, at(100)).await.unwrap().unwrap().outcome);
    }
    spread.merge(&key("a", "w1"), at(101), &mut report).await.unwrap();
    assert_eq!((report.split, report.moved), (1, 795));
    assert_eq!(shelf.numbers("a", "w1").await, (995, 0, 995));
    assert_eq!(shelf.whole().await, (1_000, 5, 995));
    // Whoever held in a split is sold from there; what they give up comes home with the next scan.
    let second = key("a", "w1").of_split(Split::number(2));
    let _gone = shelf.rows.release(&second, &checkout(9_001), Some(5), at(102)).await.unwrap().unwrap();
    spread.merge(&key("a", "w1"), at(103), &mut report).await.unwrap();
    assert_eq!(shelf.numbers("a", "w1").await, (1_000, 0, 1_000));
}

#[tokio::test]
async fn units_are_moved_only_where_they_are_there_and_none_is_lost() {
    let shelf = Shelf::split_into(40, 4).await;
    let transfer = |units| Transfer { from: Split::number(1), to: Split::number(2), units };
    assert!(!shelf.rows.transfer(&key("a", "w1"), transfer(11), at(4)).await.unwrap());
    assert!(shelf.rows.transfer(&key("a", "w1"), transfer(10), at(4)).await.unwrap());
    assert_eq!(shelf.splits().await.iter().map(|row| row.available).collect::<Vec<_>>(), [0, 20, 10, 10]);
    assert_eq!(shelf.hold_of(1, 1, 1).await, Holding::TooFew { available: 0 });
    let report = shelf.shared_out().await;
    assert_eq!(report.moved, 10);
    assert_eq!(shelf.hold_of(1, 1, 1).await, Holding::Held(1));
    assert_eq!(shelf.whole().await, (40, 1, 39));
}

#[tokio::test]
async fn operators_count_adjust_and_put_away_what_the_warehouse_has_together() {
    let shelf = Shelf::split_into(40, 4).await;
    let (a, w1, by) = (sku("a"), warehouse("w1"), operator());
    assert_eq!(shelf.hold_of(3, 1, 2).await, Holding::Held(2));
    let whole = shelf.rows.whole(&shelf.row("a", "w1").await).await.unwrap();
    assert_eq!(shelf.rows.availability(&a).await.unwrap().available, 38);
    assert_eq!(shelf.rows.availability(&a).await.unwrap().version, whole.version);
    let put = async |units: u32, seen| shelf.rows.set_quantity((&a, &w1), units, Some(seen), &by, at(5)).await.unwrap();
    assert!(matches!(put(30, whole.version - 1).await, SetQuantityOutcome::Stale(Some(now)) if now == whole));
    assert!(matches!(put(1, whole.version).await, SetQuantityOutcome::BelowReserved(_)));
    assert!(matches!(put(40, whole.version).await, SetQuantityOutcome::Unchanged(_)));
    // Fewer than there are: the units that go are brought together first.
    let SetQuantityOutcome::Changed(counted) = put(25, whole.version).await else { panic!() };
    assert_eq!((counted.quantity, counted.set_aside(), counted.available), (25, 2, 23));
    assert_eq!(shelf.whole().await, (25, 2, 23));
    let AdjustOutcome::Adjusted(less) = shelf.adjusted(-20, "damaged").await else { panic!() };
    assert_eq!((less.quantity, less.available), (5, 3));
    assert!(matches!(shelf.adjusted(-4, "more").await, AdjustOutcome::Refused(_, row) if row.available == 3));
    let AdjustOutcome::Adjusted(more) = shelf.adjusted(100, "a lorry").await else { panic!() };
    assert_eq!((more.quantity, more.set_aside(), more.available), (105, 2, 103));
    let placed = shelf.rows.put_away((&a, &w1), None, &by, at(6)).await.unwrap();
    assert!(matches!(placed, PlaceOutcome::Unchanged(row) if row.quantity == 105));
    shelf.shared_out().await;
    assert!(shelf.splits().await.iter().all(|row| row.available >= 24), "what came is where checkouts ask");
}

/// What was seen of a split row is a sum, and units of it may be moved and sold while somebody counts.
#[tokio::test]
async fn a_split_row_is_counted_while_it_sells_and_is_shared_out() {
    let shelf = Shelf::split_into(40, 4).await;
    let (a, w1, by) = (sku("a"), warehouse("w1"), operator());
    let whole = shelf.rows.whole_of_sku(&a).await.unwrap().remove(0);
    let seen = Seen::Books { quantity: whole.quantity, counted: whole.counted };
    assert_eq!(shelf.hold_of(3, 1, 2).await, Holding::Held(2));
    let before = shelf.splits().await;
    let moved = Transfer { from: Split::number(1), to: Split::number(2), units: 5 };
    assert!(shelf.rows.transfer(&key("a", "w1"), moved, at(4)).await.unwrap());
    let mut torn = shelf.splits().await;
    torn[0] = before[0].clone();
    assert_eq!(shelf.row("a", "w1").await.whole(&torn).quantity, 40, "one row was read before the move, one after it");
    let SetQuantityOutcome::Changed(counted) = shelf.rows.set_quantity((&a, &w1), 12, seen, &by, at(5)).await.unwrap()
    else {
        panic!()
    };
    assert_eq!((counted.quantity, counted.set_aside(), counted.available), (12, 2, 10));
    assert_eq!(shelf.whole().await, (12, 2, 10));
    let again = shelf.rows.set_quantity((&a, &w1), 12, seen, &by, at(6)).await.unwrap();
    assert!(matches!(again, SetQuantityOutcome::Stale(Some(row)) if row.counted == whole.counted + 1));
}

#[tokio::test]
async fn a_sale_and_a_reservation_take_what_lies_in_splits() {
    let shelf = Shelf::split_into(40, 4).await;
    let sales = FlashSaleUnits::new(shelf.reservations_table.clone(), shelf.rows.clone());
    let sale: FlashSaleId = "sale".parse().unwrap();
    let AllotOutcome::Allotted(lines) = sales.allot(&sale, &sku("a"), 25, at(5)).await.unwrap() else { panic!() };
    assert_eq!(lines.iter().map(|line| line.quantity).sum::<u32>(), 25);
    let ReserveOutcome::Reserved(..) = shelf.reservations.reserve(&request(1, &[("a", 12)]), at(6)).await.unwrap()
    else {
        panic!()
    };
    let short = shelf.reservations.reserve(&request(2, &[("a", 4)]), at(7)).await.unwrap();
    assert!(matches!(short, ReserveOutcome::OutOfStock(shortage) if shortage.available == 3));
    assert_eq!(shelf.whole().await, (15, 12, 3));
}

impl Shelf {
    /// Writes what the stream would make of the rows as they are now.
    async fn record_all(&self, ledger: &Ledger) {
        ledger.record(&self.row("a", "w1").await).await.unwrap();
        for split in self.splits().await {
            ledger.record(&split).await.unwrap();
        }
    }
}

/// The audit finds the units of all rows of a SKU, and what is wrong with one of them.
#[tokio::test]
async fn invariant_i1_and_i2_hold_of_split_rows_and_the_audit_looks_at_each() {
    let shelf = Shelf::stocked(&[("a", "w1", 40)]).await;
    let ledger = Ledger::new(shelf.ledger.clone());
    shelf.record_all(&ledger).await;
    assert!(shelf.rows.use_splits(&shelf.row("a", "w1").await, 2, at(2)).await.unwrap());
    shelf.record_all(&ledger).await;
    for to in [1, 2] {
        let transfer = Transfer { from: Split::FIRST, to: Split::number(to), units: 15 };
        assert!(shelf.rows.transfer(&key("a", "w1"), transfer, at(3)).await.unwrap());
        shelf.record_all(&ledger).await;
    }
    assert_eq!(shelf.hold_of(2, 1, 2).await, Holding::Held(2));
    shelf.record_all(&ledger).await;
    let second = key("a", "w1").of_split(Split::number(2));
    let _sold = shelf.rows.sell(&second, &checkout(1), Some(2), at(4)).await.unwrap().unwrap();
    shelf.record_all(&ledger).await;
    let reservations = ReservationBook::new(shelf.reservations_table.clone());
    let auditor = StockAuditor::new(shelf.rows.clone(), reservations, ledger);
    let audit = auditor.audit(at(100)).await.unwrap();
    assert_eq!((audit.rows, audit.violations), (3, vec![]));
    let stored = [("sku", "a#2"), ("warehouse_id", "w1")];
    let spoil = |numbers: &[(&'static str, i64)]| {
        let write = Update::new().when(attribute("sku").exists());
        numbers.iter().fold(write, |write, (number, value)| write.set(*number, n(value)))
    };
    assert!(shelf.stock_table.update(&stored, spoil(&[("available", 7)])).await.unwrap().is_written());
    let found = auditor.audit(at(100)).await.unwrap().violations;
    let [Violation::RowUnsound { row, available: 7, .. }] = &found[..] else { panic!("{found:?}") };
    assert_eq!(*row, second);
    let named = serde_json::to_value(&found[0]).unwrap();
    assert_eq!((&named["sku"], &named["warehouse_id"]), (&"a#2".into(), &"w1".into()));
    // Units that a split has lost are missed in the whole.
    let lost = spoil(&[("available", 9), ("quantity", 9)]);
    assert!(shelf.stock_table.update(&stored, lost).await.unwrap().is_written());
    let found = auditor.audit(at(100)).await.unwrap().violations;
    assert!(matches!(found[..], [Violation::UnitsUnbalanced { supplied: 40, quantity: 34, sold: 2, .. }]), "{found:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invariant_i3_holds_sales_and_moves_at_once_oversell_nothing() {
    let shelf = Shelf::split_into(60, 4).await;
    let buyers: Vec<_> = (1..=120_u128)
        .map(|n| {
            let (shelf, of) = (shelf.clone(), u16::try_from(n % 4 + 1).unwrap());
            tokio::spawn(async move {
                let row = key("a", "w1").of_split(Split::number(of));
                let wish = Wish { checkout_id: checkout(n), units: 1, decided_at: at(1) };
                let held = shelf.rows.hold(&row, &wish, at(1)).await.unwrap().unwrap().outcome;
                if held != Holding::Held(1) {
                    return 0;
                }
                match n % 3 {
                    0 => drop(shelf.rows.release(&row, &wish.checkout_id, Some(1), at(2)).await.unwrap()),
                    _ => drop(shelf.rows.sell(&row, &wish.checkout_id, Some(1), at(2)).await.unwrap()),
                }
                u32::from(n % 3 != 0)
            })
        })
        .collect();
    let movers: Vec<_> = (0..40_u16)
        .map(|n| {
            let shelf = shelf.clone();
            let transfer =
                Transfer { from: Split::number(n % 5), to: Split::number((n + 1) % 5), units: u32::from(n % 3 + 1) };
            tokio::spawn(async move { shelf.rows.transfer(&key("a", "w1"), transfer, at(3)).await.unwrap() })
        })
        .collect();
    let mut sold = 0;
    for buyer in buyers {
        sold += buyer.await.unwrap();
    }
    for mover in movers {
        mover.await.unwrap();
    }
    let (quantity, set_aside, available) = shelf.whole().await;
    assert_eq!((quantity, set_aside, available), (60 - sold, 0, 60 - sold));
    let rows = shelf.splits().await;
    assert!(rows.iter().all(StockRow::is_sound), "{rows:?}");
}
