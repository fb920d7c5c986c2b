//! The audit over real tables: nothing of a clean history, and each corruption by its name.

use souk_domain::{
    audit::Violation,
    reservation::{AttachOutcome, CommitOutcome, ReleaseOutcome},
};
use souk_dynamo::{AttributeValue, Update, n};
use souk_inventory::{AllotOutcome, FlashSaleUnits, GivenBack, Ledger, StockAudit, StockAuditor};

use super::shelf::{Shelf, at, key, order, reservation, sku, warehouse};

/// Long after every write.
const LATER: i64 = 100_000;

impl Shelf {
    fn auditor(&self) -> StockAuditor {
        StockAuditor::new(self.rows.clone(), (*self.reservations).clone(), Ledger::new(self.ledger.clone()))
    }

    /// As the row's stream would, after each write.
    async fn recorded(&self, s: &str, w: &str) {
        Ledger::new(self.ledger.clone()).record(&self.row(s, w).await).await.unwrap();
    }

    async fn audit(&self) -> StockAudit {
        self.auditor().audit(at(LATER)).await.unwrap()
    }

    /// Writes a number of a row as no code of ours would.
    async fn spoil(&self, number: &'static str, value: AttributeValue) {
        let key = [("sku", "a"), ("warehouse_id", "w1")];
        assert!(self.stock_table.update(&key, Update::new().set(number, value)).await.unwrap().is_written());
    }

    /// 10 units; 3 sold, 2 returned, 4 held, 1 released.
    async fn with_history() -> Self {
        let shelf = Self::stocked(&[("a", "w1", 10)]).await;
        let book = &shelf.reservations;
        shelf.recorded("a", "w1").await;
        for (id, units) in [(1, 3), (2, 2)] {
            shelf.held(id, &[("a", units)]).await;
            shelf.recorded("a", "w1").await;
            let attached = book.attach(&reservation(id), &order(id), at(1500), at(10)).await.unwrap();
            assert_eq!(attached, AttachOutcome::Attached);
            assert_eq!(book.commit(&reservation(id), &order(id), at(20)).await.unwrap(), CommitOutcome::Committed);
            shelf.recorded("a", "w1").await;
        }
        let returned = book.release_for_order(&reservation(2), &order(2), true, &[], at(30)).await.unwrap();
        assert_eq!(returned, ReleaseOutcome::Returned);
        shelf.recorded("a", "w1").await;
        for (id, units) in [(3, 4), (4, 1)] {
            shelf.held(id, &[("a", units)]).await;
            shelf.recorded("a", "w1").await;
        }
        let _released = book.release_abandoned(&reservation(4), at(40)).await.unwrap();
        shelf.recorded("a", "w1").await;
        assert_eq!(shelf.numbers("a", "w1").await, (7, 4, 3));
        shelf
    }
}

#[tokio::test]
async fn invariants_i1_and_i2_a_clean_history_has_no_violation() {
    let shelf = Shelf::with_history().await;
    assert_eq!(
        shelf.audit().await,
        StockAudit { rows: 1, reservations: 4, moving: Vec::new(), violations: Vec::new() }
    );
}

#[tokio::test]
async fn each_corruption_of_a_row_is_named() {
    for (number, value) in [("available", 2), ("available", -1), ("reserved_quantity", 9)] {
        let shelf = Shelf::with_history().await;
        shelf.spoil(number, n(value)).await;
        let found = shelf.audit().await.violations;
        assert!(matches!(&found[..], [Violation::RowUnsound { .. }]), "{number} = {value}: {found:?}");
    }
    let shelf = Shelf::with_history().await;
    shelf.spoil("available", n(5)).await;
    shelf.spoil("reserved_quantity", n(2)).await;
    let version = shelf.row("a", "w1").await.version;
    let mismatch = Violation::ReservedMismatch { row: key("a", "w1"), version, reserved_quantity: 2, held: 4 };
    assert_eq!(shelf.audit().await.violations, [mismatch]);

    let shelf = Shelf::with_history().await;
    shelf.spoil("quantity", n(8)).await;
    shelf.spoil("available", n(4)).await;
    assert_eq!(
        shelf.audit().await.violations,
        [Violation::UnitsUnbalanced { sku: sku("a"), supplied: 10, quantity: 8, sold: 3 }]
    );
}

#[tokio::test]
async fn a_hole_in_the_ledger_and_a_row_that_is_gone_are_named() {
    let shelf = Shelf::with_history().await;
    let version = shelf.row("a", "w1").await.version;
    let entry = shelf.ledger.client().delete_item().table_name(shelf.ledger.name());
    let entry = entry.key("row", AttributeValue::S("a#w1".to_owned())).key("version", n(3));
    entry.send().await.unwrap();
    let hole = Violation::LedgerIncomplete { row: key("a", "w1"), version, entries: version - 1 };
    assert_eq!(shelf.audit().await.violations, [hole]);

    shelf.stock_table.delete(&[("sku", "a"), ("warehouse_id", "w1")]).await.unwrap();
    assert_eq!(shelf.audit().await.violations, [Violation::RowMissing { row: key("a", "w1"), held: 4, sold: 3 }]);
}

#[tokio::test]
async fn what_was_written_a_moment_ago_is_not_judged() {
    let shelf = Shelf::stocked(&[("a", "w1", 10)]).await;
    // Nothing was recorded in the ledger yet: its stream follows.
    let just_now = shelf.auditor().audit(at(9)).await.unwrap();
    assert_eq!((just_now.moving, just_now.violations), (vec![sku("a")], Vec::new()));
    assert_eq!(shelf.auditor().audit(at(10)).await.unwrap().violations.len(), 1);
}

#[tokio::test]
async fn a_flash_sales_units_count_as_sold_but_for_those_that_came_back() {
    let shelf = Shelf::stocked(&[("a", "w1", 10)]).await;
    shelf.recorded("a", "w1").await;
    let sales = FlashSaleUnits::new(shelf.reservation_table.clone(), shelf.rows.clone());
    let sale = "sale-1".parse().unwrap();
    let allotted = sales.allot(&sale, &sku("a"), 6, at(10)).await.unwrap();
    assert!(matches!(allotted, AllotOutcome::Allotted(_)));
    shelf.recorded("a", "w1").await;
    assert_eq!(shelf.audit().await.violations, []);
    let back = GivenBack { warehouse_id: warehouse("w1"), returned: 2 };
    assert_eq!(sales.credit(&sale, &[(0, back)].into(), at(20)).await.unwrap(), 2);
    shelf.recorded("a", "w1").await;
    assert_eq!(
        shelf.audit().await,
        StockAudit { rows: 1, reservations: 1, moving: Vec::new(), violations: Vec::new() }
    );
}
